/**
 * What an appliance suffers in the study of detection, each with how soon steering is to notice and
 * the arithmetic behind it.
 *
 * Each case has a region of its own, with one appliance: a box that fell before would be trusted later
 * than others, which is another question.
 */
import type { Fault } from "../../chaos/contract/faults.ts";
import type { DemoFleet } from "../systems/demo-fleet.ts";

export type DetectionCase = {
  readonly name: string;
  readonly region: string;
  readonly limitSeconds: number;
  /** What the demo profile's patience adds up to, at most, in seconds. */
  readonly arithmetic: string;
  readonly breaks: (fleet: DemoFleet, appliance: string) => Promise<void>;
  readonly heals: (fleet: DemoFleet, appliance: string) => Promise<void>;
};

/** By then it heals by itself, should the bench be gone. */
const FAULT_SECONDS = 60;
export const FLAP_SECONDS = 60;
const FLAP_STRETCH_SECONDS = 2;

/** Seconds: between two probes of an appliance, with their jitter, and of steering's own loop. */
const TURN = "1.05 turn, 0.1 tick";

export const FLAP_REGION = "coast";

export const DETECTION_CASES: readonly DetectionCase[] = [
  {
    name: "SIGKILL",
    region: "north",
    limitSeconds: 2,
    // The proxy before a dead appliance learns of it from the first probe, and refuses the next.
    arithmetic: `${TURN}, 0.25, a refusal is a fact: 1.4`,
    breaks: (fleet, appliance) => fleet.act(appliance, "kill"),
    heals: (fleet, appliance) => fleet.act(appliance, "start"),
  },
  wireCase("blackhole", "east", `${TURN}, 1.5 probe, 0.25, 1.5 probe: 4.4`),
  wireCase("brownout", "south", `${TURN}, 1.5 probe, 0.25, 1.5 probe: 4.4`),
  wireCase("status-503", "west", `${TURN}, 0.25: 1.4`),
  wireCase(
    "stale-playlist",
    "centre",
    `2 next segment, 0.25 asked, 1 allowed, ${TURN}, 0.25: 4.65`,
  ),
];

function wireCase(
  name: "blackhole" | "brownout" | "status-503" | "stale-playlist",
  region: string,
  arithmetic: string,
): DetectionCase {
  return {
    name,
    region,
    limitSeconds: 5,
    arithmetic,
    breaks: (fleet, appliance) => fleet.breaks(appliance, { fault: name, seconds: FAULT_SECONDS }),
    heals: (fleet, appliance) => fleet.heals(appliance),
  };
}

export function flap(seconds: number): Fault {
  return {
    fault: "flap",
    upSeconds: FLAP_STRETCH_SECONDS,
    downSeconds: FLAP_STRETCH_SECONDS,
    seconds,
  };
}
