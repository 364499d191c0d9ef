/** Speaks the lease contract with steering. What goes wrong is an outcome, never an exception. */
import { Value } from "typebox/value";
import { type Dispatcher, request } from "undici";
import {
  APPLIANCES_PATH,
  appliancePath,
  type Cancellation,
  type Heartbeat,
  heartbeatPath,
  Lease,
  type Registration,
} from "../../steering/contract/appliance-lease.ts";
import type { LeaseOutcome } from "../core/lease-course.ts";

export type SteeringClient = {
  register(registration: Registration): Promise<LeaseOutcome>;
  heartbeat(id: string, heartbeat: Heartbeat): Promise<LeaseOutcome>;
  leave(id: string, cancellation: Cancellation): Promise<void>;
};

export type SteeringClientOptions = {
  readonly url: string;
  readonly token: string;
  readonly timeoutMs: number;
};

const MAX_ANSWER_BYTES = 64 * 1024;

export function newSteeringClient({
  url,
  token,
  timeoutMs,
}: SteeringClientOptions): SteeringClient {
  const base = url.replace(/\/$/, "");

  async function ask(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object,
  ): Promise<LeaseOutcome> {
    try {
      const answer = await request(base + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        // Undici's own timeouts are coarse, and none of them bounds the whole.
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.statusCode === 404) {
        await answer.body.dump();
        return { kind: "forgotten" };
      }
      if (Number(answer.headers["content-length"] ?? 0) > MAX_ANSWER_BYTES) {
        answer.body.destroy();
        return { kind: "failed", reason: "answer too large" };
      }
      if (answer.statusCode >= 300 || answer.statusCode === 204) {
        await answer.body.dump();
        return { kind: "failed", reason: `status ${answer.statusCode}` };
      }
      const lease: unknown = await answer.body.json();
      if (!Value.Check(Lease, lease)) return { kind: "failed", reason: "malformed lease" };
      return { kind: "leased", lease };
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    }
  }

  return {
    async register(registration) {
      const outcome = await ask("POST", APPLIANCES_PATH, registration);
      // Only a heartbeat can be for an unknown appliance; here the address is wrong.
      return outcome.kind === "forgotten" ? { kind: "failed", reason: "status 404" } : outcome;
    },
    heartbeat: (id, heartbeat) => ask("PUT", heartbeatPath(id), heartbeat),
    async leave(id, cancellation) {
      const query = new URLSearchParams(cancellation);
      await ask("DELETE", `${appliancePath(id)}?${query}`);
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
