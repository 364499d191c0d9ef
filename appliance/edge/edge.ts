/** What the steps in the life of a request have in common: the request itself, and what serves it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PassingPolicy } from "../core/decide-passing.ts";
import type { Fills } from "../fill/fills.ts";
import type { Tiers } from "../store/tiers.ts";
import type { TrafficMeter } from "./traffic-meter.ts";

export type Edge = {
  readonly id: string;
  readonly via: string;
  readonly tiers: Tiers;
  readonly fills: Fills;
  readonly meter: TrafficMeter;
  readonly policy: PassingPolicy;
  readonly wallNow: () => number;
  readonly onUnforeseen: (error: unknown) => void;
};

/** One request on its way through the appliance. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly key: string;
};
