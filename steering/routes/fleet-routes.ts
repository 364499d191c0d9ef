/**
 * `GET /v1/fleet`: the fleet now, as it was at a moment (`?at=`), or what changed between two
 * (`?since=`, with an optional `?until=`).
 */
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  FleetAsOf,
  FleetChanges,
  type FleetDocument,
  type NodeDocument,
} from "../contract/fleet-history.ts";
import { FLEET_PATH, FleetView } from "../contract/fleet-view.ts";
import { describeRoute, problem } from "../documentation/describe-route.ts";
import { NotRecorded } from "../errors.ts";
import type { History } from "../history/open-history.ts";
import { badMoment, momentOf, pastMomentOf } from "./moment-of-query.ts";

export type FleetRoutesOptions = {
  /** The fleet as it is now. */
  readonly view: () => FleetView;
  readonly history: History;
  readonly wallNow: () => number;
};

const MAX_MOMENT_LENGTH = 64;
/** For each address: a large fleet is a large answer. */
const MAX_PER_SECOND = 200;
const moment = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: MAX_MOMENT_LENGTH, description }));
const FleetQuery = Type.Object({
  at: moment("as it was then: milliseconds since 1970, or an ISO 8601 date with its zone"),
  since: moment("what changed after this moment"),
  until: moment("and not after this one; now, if it is left out"),
});

export function addFleetRoutes(app: ServiceApp, options: FleetRoutesOptions): void {
  const { view, history, wallNow } = options;
  const schema = {
    ...describeRoute({
      caller: "operators",
      purpose: "fleet",
      summary: "The fleet now, as it was at a moment, or what changed between two",
      description:
        "Without a query a FleetView; with `at` a FleetAsOf, with `since` FleetChanges. What ages or flickers is not kept of the past.",
    }),
    querystring: FleetQuery,
    response: {
      200: Type.Union([FleetView, FleetAsOf, FleetChanges]),
      400: problem("STEER_BAD_MOMENT", "BAD_REQUEST"),
      404: problem("STEER_NOT_RECORDED"),
      429: problem("STEER_TOO_OFTEN"),
    },
  };

  const config = { rateLimit: { max: MAX_PER_SECOND, timeWindow: 1_000 } };
  app.get(FLEET_PATH, { schema, config }, (request, reply) => {
    const { at, since, until } = request.query;
    if (at !== undefined && since !== undefined) {
      throw badMoment(since, "`at` and `since` ask for two different things");
    }
    if (until !== undefined && since === undefined) {
      throw badMoment(until, "`until` needs a `since`");
    }
    const answer =
      at === undefined
        ? since === undefined
          ? view()
          : changesBetween(since, until)
        : fleetAsOf(at);
    // As text, since a schema with alternatives is slow to write by, and these types are checked.
    return reply
      .header("cache-control", "no-store")
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(answer));
  });

  function fleetAsOf(at: string): FleetAsOf {
    const wallMs = pastMomentOf(at, wallNow());
    const past = history.fleetAt(wallMs);
    if (past.outcome === "unrecorded") throw new NotRecorded(iso(wallMs), iso(past.beginsMs));
    return {
      at: iso(wallMs),
      recordBegins: iso(past.beginsMs),
      fleet: past.fleet as FleetDocument | null,
      nodes: past.nodes.map(({ id, sinceMs, document }) => ({
        id,
        since: iso(sinceMs),
        document: document as NodeDocument,
      })),
    };
  }

  function changesBetween(since: string, until: string | undefined): FleetChanges {
    const nowMs = wallNow();
    const sinceMs = pastMomentOf(since, nowMs);
    const untilMs = until === undefined ? nowMs : momentOf(until);
    if (until !== undefined && untilMs < sinceMs) throw badMoment(until, "it is before `since`");
    const untilKnownMs = Math.min(untilMs, nowMs);
    const changes = history.changes(sinceMs, untilKnownMs);
    if (untilKnownMs < changes.sinceMs) {
      throw new NotRecorded(iso(untilKnownMs), iso(changes.sinceMs));
    }
    return {
      since: iso(changes.sinceMs),
      until: iso(untilKnownMs),
      nodes: changes.nodes.map((node) => ({
        ...node,
        before: node.before as NodeDocument | null,
        after: node.after as NodeDocument | null,
        changed: [...node.changed],
      })),
      more: changes.more,
    };
  }
}

function iso(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
