/**
 * The fleet's control API as a Fastify app: what runs, acts on it, and the operator's door to chaos.
 *
 * It stops processes on this machine, so it trusts nobody by where they call from: scripts show the
 * bearer token, and the site's pages the operator's cookie together with the `Origin` that only the
 * site has.
 */
import fastifyCookie from "@fastify/cookie";
import fastifyCors from "@fastify/cors";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { FAULTS_PATH } from "../chaos/contract/faults.ts";
import { bearsToken } from "../chassis/bearer-token.ts";
import { newServiceApp, type ServiceApp } from "../chassis/service-app.ts";
import {
  FleetProcess,
  OPERATOR_PATH,
  Operator,
  PROCESSES_PATH,
  ProcessAct,
  ProcessList,
} from "./contract/process-control.ts";
import type { ChaosDoor } from "./control/chaos-door.ts";
import type { OperatorPass } from "./control/operator-pass.ts";
import {
  AlreadyDown,
  AlreadyUp,
  ChaosUnreachable,
  ForeignHost,
  NOT_FOUND_CODE,
  NoChaos,
  NotOperator,
  UnknownProcess,
} from "./errors.ts";
import type { ActResult } from "./processes/supervisor.ts";

export type FleetAppOptions = {
  readonly list: () => FleetProcess[];
  readonly act: (name: string, act: ProcessAct) => Promise<ActResult>;
  /** Undefined in a fleet without chaos. */
  readonly passToChaos: ChaosDoor | undefined;
  readonly token: string;
  readonly pass: OperatorPass;
  readonly sessionSeconds: number;
  /** Called when the link was used, with the next one. */
  readonly onLinkUsed: () => void;
  readonly siteUrl: string;
  readonly controlPort: number;
};

const ByName = Type.Object({ name: Type.String({ maxLength: 128 }) });

const wrongCodePage = (siteUrl: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Understudy</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<body style="margin: 10vh 8vw; font: 1rem/1.5 system-ui, sans-serif">
<p>This operator link does not work, or was used before: the terminal shows the one that does.</p>
<p><a href="${siteUrl}/">Go to the site as a viewer</a></p>
</html>
`;

export async function buildFleetApp(options: FleetAppOptions): Promise<ServiceApp> {
  const { list, act, pass, siteUrl, controlPort } = options;
  // Cookies do not know ports: two fleets of one machine must not share one.
  const cookie = `understudy-operator-${controlPort}`;
  const app = newServiceApp({ notFoundCode: NOT_FOUND_CODE });
  await app.register(fastifyCookie);
  app.addHook("onRequest", async ({ headers }) => {
    const hosts = [`127.0.0.1:${controlPort}`, `localhost:${controlPort}`];
    if (!hosts.includes(headers.host ?? "")) throw new ForeignHost();
  });
  await app.register(fastifyCors, {
    origin: siteUrl,
    methods: ["GET", "POST", "PUT", "DELETE"],
    credentials: true,
  });

  const hasToken = ({ headers }: FastifyRequest) =>
    bearsToken(headers.authorization, options.token);
  const hasCookie = ({ cookies }: FastifyRequest) => pass.isOperator(cookies[cookie]);

  const needsOperator = async (request: FastifyRequest) => {
    // The cookie comes along with any page's request; the site's `Origin` does not.
    const bySite = hasCookie(request) && request.headers.origin === siteUrl;
    if (!bySite && !hasToken(request)) throw new NotOperator();
  };

  app.get(PROCESSES_PATH, { schema: { response: { 200: ProcessList } } }, (_, reply) => {
    reply.header("cache-control", "no-store");
    return { processes: list() };
  });

  app.get(
    `${PROCESSES_PATH}/:name`,
    { schema: { params: ByName, response: { 200: FleetProcess } } },
    (request, reply) => {
      reply.header("cache-control", "no-store");
      const { name } = request.params;
      const process = list().find((one) => one.name === name);
      if (process === undefined) throw new UnknownProcess(name);
      return process;
    },
  );

  app.get(OPERATOR_PATH, { schema: { response: { 200: Operator } } }, (request, reply) => {
    reply.header("cache-control", "no-store");
    return { mayAct: hasToken(request) || hasCookie(request) };
  });

  app.post(
    `${PROCESSES_PATH}/:name/:act`,
    {
      schema: {
        params: Type.Object({ ...ByName.properties, act: ProcessAct }),
        response: { 200: FleetProcess },
      },
      onRequest: needsOperator,
    },
    async (request) => {
      const { name } = request.params;
      const result = await act(name, request.params.act);
      switch (result.kind) {
        case "done":
          return result.process;
        case "unknown-process":
          throw new UnknownProcess(name);
        case "refused":
          throw result.reason === "is-up" ? new AlreadyUp(name) : new AlreadyDown(name);
      }
    },
  );

  const faults = async (request: FastifyRequest, reply: FastifyReply) => {
    if (options.passToChaos === undefined) throw new NoChaos();
    const { method, url, body } = request;
    const answer = await options.passToChaos({ method, path: url, body });
    if (answer === undefined) throw new ChaosUnreachable();
    reply.header("cache-control", "no-store").code(answer.status).type(answer.contentType);
    return reply.send(answer.body);
  };
  app.get(FAULTS_PATH, faults);
  app.get(`${FAULTS_PATH}/:target`, faults);
  app.delete(FAULTS_PATH, { onRequest: needsOperator }, faults);
  app.route({
    method: ["PUT", "DELETE"],
    url: `${FAULTS_PATH}/:target`,
    onRequest: needsOperator,
    handler: faults,
  });

  app.get(
    "/operator",
    {
      schema: {
        querystring: Type.Object({ code: Type.Optional(Type.String({ maxLength: 256 })) }),
      },
    },
    (request, reply) => {
      reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
      // Who clicks the same link again in the browser that it has worked in wants to get there, no more.
      if (hasCookie(request)) return reply.redirect(`${siteUrl}/`, 303);
      const session = pass.redeem(request.query.code ?? "");
      if (session === undefined)
        return reply.code(401).type("text/html").send(wrongCodePage(siteUrl));
      options.onLinkUsed();
      return reply
        .setCookie(cookie, session, {
          httpOnly: true,
          sameSite: "strict",
          path: "/",
          maxAge: options.sessionSeconds,
        })
        .redirect(`${siteUrl}/`, 303);
    },
  );
  return app;
}
