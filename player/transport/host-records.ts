/**
 * What is known of every host: its health, what it has asked for, and what it has been delivering.
 *
 * One transport keeps its own; several on one page may share theirs, so that what one player has found
 * out about a host spares the others from finding it out again.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import { HostHealth } from "./host-health.ts";
import { HostPleas } from "./host-pleas.ts";
import { HostRanges } from "./host-ranges.ts";
import { HostTraffic } from "./host-traffic.ts";

export type HostRecordsOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
};

export class HostRecords {
  readonly health: HostHealth;
  readonly pleas: HostPleas;
  readonly traffic: HostTraffic;
  readonly ranges = new HostRanges();
  #lastTickMs: number | undefined;

  constructor(options: HostRecordsOptions) {
    this.health = new HostHealth(options);
    this.pleas = new HostPleas(options);
    this.traffic = new HostTraffic(options);
  }

  /** Each transport calls it; one round of the loop is one tick. */
  tick(nowMs: number): void {
    if (nowMs === this.#lastTickMs) return;
    this.#lastTickMs = nowMs;
    this.traffic.tick(nowMs);
  }
}
