/**
 * `GET /v1/events`: what happened, as a list, or for whoever accepts `text/event-stream` as a stream
 * that goes on. A listener says by `Last-Event-ID` (or `?since=`) what it has had already.
 */
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { EVENTS_PATH, FleetEventList } from "../contract/fleet-event.ts";
import { describeRoute, problem } from "../documentation/describe-route.ts";
import { TooManyListeners } from "../errors.ts";
import { EventStream } from "../history/event-stream.ts";
import type { History } from "../history/open-history.ts";
import { badMoment, eventCursorOf, momentOf } from "./moment-of-query.ts";

export type EventsPolicy = {
  readonly maxListeners: number;
  readonly heartbeatMs: number;
  /** How long a listener waits before it comes back. */
  readonly reconnectMs: number;
};

export type EventRoutesOptions = {
  readonly history: History;
  readonly policy: EventsPolicy;
};

const EVENT_STREAM = "text/event-stream";
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1_000;
const MAX_TEXT_LENGTH = 64;
const RETRY_AFTER_SECONDS = 5;

const text = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH, description }));
const EventsQuery = Type.Object({
  since: text(
    "after the event of this id, or from this moment on: milliseconds since 1970, or an ISO 8601 date with its zone; without it, the newest",
  ),
  until: text("and not after this moment; a list only"),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
      description: "how many events at most; a list only",
    }),
  ),
});
const EventsHeaders = Type.Object({
  "last-event-id": Type.Optional(
    Type.String({
      maxLength: MAX_TEXT_LENGTH,
      description: "a stream goes on after it; comes before `since`",
    }),
  ),
});

export function addEventRoutes(app: ServiceApp, { history, policy }: EventRoutesOptions) {
  const streams = new Set<EventStream>();
  let heartbeatAtMs = 0;

  const schema = {
    ...describeRoute({
      caller: "operators",
      purpose: "events",
      summary: "What happened in the fleet, and why",
      description: "A list, or with `Accept: text/event-stream` a stream that goes on.",
    }),
    querystring: EventsQuery,
    headers: EventsHeaders,
    response: {
      200: {
        description: "events in the order in which they happened",
        content: {
          "application/json": { schema: FleetEventList },
          [EVENT_STREAM]: { schema: Type.String() },
        },
      },
      400: problem("STEER_BAD_MOMENT", "BAD_REQUEST"),
      429: problem("STEER_TOO_OFTEN"),
      503: problem("STEER_TOO_MANY_LISTENERS"),
    },
  };

  app.get(EVENTS_PATH, { schema }, (request, reply) => {
    const { since, until, limit = DEFAULT_LIMIT } = request.query;
    reply.header("cache-control", "no-store");
    if (!wantsStream(request)) {
      return history.events({
        since: since === undefined ? undefined : eventCursorOf(since),
        untilMs: until === undefined ? Number.MAX_SAFE_INTEGER : momentOf(until),
        limit,
      });
    }
    if (until !== undefined) throw badMoment(until, "a stream has no end");
    // A browser sends an empty one while it has not heard any.
    const from = request.headers["last-event-id"] || since;
    const cursor = from === undefined ? undefined : eventCursorOf(from);
    if (streams.size >= policy.maxListeners) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      throw new TooManyListeners(policy.maxListeners);
    }
    const stream = new EventStream({ history, since: cursor, reconnectMs: policy.reconnectMs });
    streams.add(stream);
    stream.once("close", () => streams.delete(stream));
    // The connection is good for nothing else afterwards, and a closing service must not wait for it.
    return reply.header("connection", "close").type(EVENT_STREAM).send(stream);
  });

  app.addHook("preClose", (done) => {
    for (const stream of streams) stream.end();
    done();
  });

  return {
    /** Called by the service's loop. */
    tick(nowMs: number): void {
      if (nowMs - heartbeatAtMs < policy.heartbeatMs) return;
      heartbeatAtMs = nowMs;
      for (const stream of streams) stream.heartbeat();
    },
    listeners: (): number => streams.size,
  };
}

function wantsStream({ method, headers }: FastifyRequest): boolean {
  return method === "GET" && (headers.accept ?? "").toLowerCase().includes(EVENT_STREAM);
}
