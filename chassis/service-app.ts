/**
 * The Fastify app that every service starts from: TypeBox validation, problem details, guarded
 * paths, bounded bodies and headers, structured logs.
 */
import type { RequestListener, Server } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { LogController } from "fastify";
import { stdSerializers } from "pino";
import { closeUnusedConnections } from "./close-unused-connections.ts";
import { compileValidator } from "./compile-validator.ts";
import { LOG_STREAM } from "./log-stream.ts";
import { answerProblems, problemDetails, sendProblem } from "./problem-details.ts";
import { guardRequestPaths } from "./request-path-guard.ts";
import type { LogLevel } from "./settings.ts";
import { answerUnreadable } from "./unreadable-request.ts";

export type ServiceAppOptions = {
  /** The stable code of a 404 for a path that the service does not have. */
  readonly notFoundCode: string;
  readonly logLevel?: LogLevel;
  readonly maxBodyBytes?: number;
  /**
   * Addresses and networks (CIDR) of those before us whose `X-Forwarded-For` is believed: a request's
   * address is then the last one in it that is none of theirs. Without any, it is that of the connection.
   */
  readonly trustedProxies?: readonly string[];
  /** Makes the server, for a service with limits or a protocol of its own. */
  readonly newServer?: (listener: RequestListener) => Server;
};

const MAX_BODY_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 15_000;

export function newServiceApp({
  notFoundCode,
  logLevel = "silent",
  maxBodyBytes = MAX_BODY_BYTES,
  trustedProxies = [],
  newServer,
}: ServiceAppOptions) {
  const app = Fastify({
    logger: {
      level: logLevel,
      stream: LOG_STREAM,
      serializers: { error: stdSerializers.err },
    },
    // One line per request would drown the changes of state that an operator looks for.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A client with a kept-alive connection must not hold up a service that stops.
    forceCloseConnections: "idle",
    clientErrorHandler: answerUnreadable,
    ...(trustedProxies.length === 0 ? {} : { trustProxy: [...trustedProxies] }),
    ...(newServer === undefined ? {} : { serverFactory: newServer }),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 4096 },
    // What the router itself cannot read, such as `%zz`, never reaches the hooks.
    frameworkErrors: (_, __, reply) => {
      sendProblem(reply, problemDetails(400, "BAD_PATH", "This request target is not accepted"));
    },
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(compileValidator);

  closeUnusedConnections(app);
  guardRequestPaths(app);
  answerProblems(app, { notFoundCode });
  return app;
}

export type ServiceApp = ReturnType<typeof newServiceApp>;
