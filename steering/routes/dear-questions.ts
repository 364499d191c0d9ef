/**
 * Keeps what operators ask from taking the time of viewers: all their questions together may take a share
 * of it, from whatever addresses they come, and what is beyond is refused.
 *
 * In a small fleet nobody ever notices. In a large one a single look at all of it takes a tenth of a
 * second, anybody may ask for it, and meanwhile no manifest is answered. Whoever shows the token is
 * answered all the same.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { bearsToken } from "../../chassis/bearer-token.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import type { Caller } from "../documentation/describe-route.ts";
import { TooOften } from "../errors.ts";

export type DearQuestionsOptions = {
  readonly token: string | undefined;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
};

/** Of one core. */
const SHARE = 0.1;
/** So much may be used at once after a while of silence. */
const MOST_SAVED_MS = 1_000;
const RETRY_AFTER_SECONDS = 1;
const OPERATORS: Caller = "operators";

type Asked = FastifyRequest & { [ASKED_AT_MS]?: number };
const ASKED_AT_MS = Symbol("asked at ms");

/** Must be called before the routes are added, as it knows them by what they say of themselves. */
export function boundDearQuestions(app: ServiceApp, { token, now }: DearQuestionsOptions): void {
  let savedMs = MOST_SAVED_MS;
  let savedAtMs = now();

  app.addHook("onRoute", (route) => {
    const asks = route.method === "GET" || route.method === "HEAD";
    if (!asks || route.schema?.tags?.[0] !== OPERATORS) return;
    route.onRequest = [...listOf(route.onRequest), begin];
    route.onSend = [...listOf(route.onSend), end];
  });

  function begin(request: Asked, reply: FastifyReply, done: (error?: Error) => void): void {
    const nowMs = now();
    savedMs = Math.min(MOST_SAVED_MS, savedMs + (nowMs - savedAtMs) * SHARE);
    savedAtMs = nowMs;
    if (savedMs > 0 || isTrusted(request)) {
      request[ASKED_AT_MS] = nowMs;
      done();
      return;
    }
    reply.header("retry-after", RETRY_AFTER_SECONDS);
    done(new TooOften());
  }

  function end(
    request: Asked,
    _: FastifyReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void {
    // Nothing that is asked here waits for anything, so what has passed is what it cost.
    const askedAtMs = request[ASKED_AT_MS];
    if (askedAtMs !== undefined) savedMs -= now() - askedAtMs;
    done(null, payload);
  }

  function isTrusted({ headers }: FastifyRequest): boolean {
    return token !== undefined && bearsToken(headers.authorization, token);
  }
}

function listOf<Hook>(hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? hooks : [hooks];
}
