/**
 * Notes who calls this service, by what the routes say of themselves: must be added before them.
 *
 * Each route holds its edge of the ledger, so a call costs two looks at the clock and a few additions.
 * A call fails where we fail (5xx); what a caller did wrong is its own affair.
 */
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  type DependencyEdge,
  type DependencyLedger,
  noteCall,
  noteFailure,
} from "../core/dependencies/dependency-ledger.ts";

export type InboundOptions = {
  readonly ledger: DependencyLedger;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
};

/** How steering is called in the map. */
export const STEERING = "steering";

/** When it began stands on the request itself: a map would cost more. */
type TimedMessage = IncomingMessage & { [BEGAN_AT_MS]?: number };
const BEGAN_AT_MS = Symbol("began at ms");

export function noteInboundCalls(app: ServiceApp, { ledger, now }: InboundOptions): void {
  app.addHook("onRoute", (route) => {
    const edge = edgeOf(route, ledger, now());
    if (edge === undefined) return;
    route.onRequest = [noteBeginning, ...listOf(route.onRequest)];
    route.onSend = [...listOf(route.onSend), noteEndOn(edge)];
  });

  function noteBeginning(request: FastifyRequest, _: FastifyReply, done: () => void): void {
    (request.raw as TimedMessage)[BEGAN_AT_MS] = now();
    done();
  }

  function noteEndOn(edge: DependencyEdge) {
    return (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: null, payload: unknown) => void,
    ): void => {
      const nowMs = now();
      const beganAtMs = (request.raw as TimedMessage)[BEGAN_AT_MS] ?? nowMs;
      const durationMs = nowMs - beganAtMs;
      if (reply.statusCode < 500) noteCall(edge, nowMs, durationMs);
      else noteFailure(edge, { reason: `status-${reply.statusCode}`, durationMs }, nowMs);
      done(null, payload);
    };
  }
}

/** Of a route that was described; what serves the documentation itself is not. */
function edgeOf(
  { schema }: RouteOptions,
  ledger: DependencyLedger,
  nowMs: number,
): DependencyEdge | undefined {
  const caller = schema?.tags?.[0];
  const purpose = schema?.operationId;
  if (caller === undefined || purpose === undefined) return undefined;
  return ledger.hold({ caller, callee: STEERING, purpose }, nowMs);
}

function listOf<Hook>(hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? hooks : [hooks];
}
