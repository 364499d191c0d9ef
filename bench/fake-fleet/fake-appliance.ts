/**
 * An appliance that is none: it has an identity, an address and something to report, and nothing
 * behind them. Thousands of these show what a large fleet costs steering, on a machine that could not
 * run them.
 */
import type { ApplianceReport } from "../../appliance/contract/appliance-status.ts";
import type { Heartbeat, Registration } from "../../steering/contract/appliance-lease.ts";

export type FakeAppliance = {
  readonly id: string;
  readonly registration: Registration;
  heartbeat(sequence: number): Heartbeat;
};

const MEBIBYTE = 1024 * 1024;
const CAPACITY_BITS_PER_SECOND = 10_000_000_000;
/** Each reports another load, which goes up and down by a little, as it does. */
const LOWEST_LOAD = 0.2;
const LOAD_STEPS = 8;
const LOAD_STEP = 0.02;

/** Dealt out over the regions like the appliances of a real fleet: `east-1 west-1 east-2 …`. */
export function newFakeFleet(wishes: {
  readonly count: number;
  readonly regions: readonly string[];
  readonly url: string;
  readonly drawIncarnation: () => string;
}): readonly FakeAppliance[] {
  const { count, regions, url, drawIncarnation } = wishes;
  return Array.from({ length: count }, (_, place): FakeAppliance => {
    const region = regions[place % regions.length] ?? "";
    const id = `${region}-${Math.floor(place / regions.length) + 1}`;
    const incarnation = drawIncarnation();
    return {
      id,
      registration: { id, region, url, incarnation, report: reportOf(place, 0) },
      heartbeat: (sequence) => ({ incarnation, sequence, report: reportOf(place, sequence) }),
    };
  });
}

function reportOf(place: number, sequence: number): ApplianceReport {
  const load = LOWEST_LOAD + ((place + sequence) % LOAD_STEPS) * LOAD_STEP;
  return {
    state: "serving",
    activeRequests: 100 + ((place * 7 + sequence) % 50),
    egressBitsPerSecond: CAPACITY_BITS_PER_SECOND * load,
    capacityBitsPerSecond: CAPACITY_BITS_PER_SECOND,
    eventLoopDelayMs: 1 + ((place + sequence * 3) % 5) / 10,
    ram: { objects: 900, usedBytes: 900 * MEBIBYTE, limitBytes: 1_024 * MEBIBYTE },
    disk: {
      objects: 90_000,
      usedBytes: 90_000 * MEBIBYTE,
      limitBytes: 102_400 * MEBIBYTE,
      health: { state: "ok" },
    },
  };
}
