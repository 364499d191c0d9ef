/** What the steps in the life of a request have in common: the request itself, and what serves it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PassingPolicy } from "../core/decide-passing.ts";
import type { RangingPolicy } from "../core/decide-ranging.ts";
import type { ClientDirectivesPolicy } from "../core/request-directives.ts";
import type { Fills } from "../fill/fills.ts";
import type { Prefetcher } from "../prefetch/prefetcher.ts";
import type { Slices } from "../slices/slices.ts";
import type { Tiers } from "../store/tiers.ts";
import type { TrafficMeter } from "./traffic-meter.ts";

export type EdgePolicy = PassingPolicy &
  RangingPolicy & {
    /** Which of a client's own cache directives count. */
    readonly clientDirectives: ClientDirectivesPolicy;
    /** What a request may bring along that is passed on to the origin. */
    readonly maxRequestBodyBytes: number;
  };

export type Edge = {
  readonly id: string;
  readonly via: string;
  readonly tiers: Tiers;
  readonly fills: Fills;
  readonly slices: Slices;
  readonly prefetcher: Prefetcher;
  readonly meter: TrafficMeter;
  /** What players are told in `CMSD-Dynamic`. */
  readonly hint: { readonly text: string };
  readonly policy: EdgePolicy;
  readonly wallNow: () => number;
  readonly onUnforeseen: (error: unknown) => void;
};

/** One request on its way through the appliance. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query; with what selects the variant, where there are several (`core/variant.ts`). */
  readonly key: string;
  /** Others of its variants are stored, and this one is not. */
  readonly isOtherVariant?: boolean;
};
