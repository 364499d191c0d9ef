/** The benches by name: the list that the command line knows. */
import { BenchError } from "../errors.ts";
import { POLICIES } from "../policies/policies-study.ts";
import type { Bench } from "./bench.ts";
import { CRASH } from "./crash.ts";
import { EDGE_DISK } from "./edge-disk.ts";
import { EDGE_MISS } from "./edge-miss.ts";
import { EDGE_RAM } from "./edge-ram.ts";
import { EDGE_SMALL } from "./edge-small.ts";
import { FLASH_CROWD } from "./flash-crowd.ts";
import { INCIDENTS } from "./incidents.ts";
import { SLOW_CLIENTS } from "./slow-clients.ts";
import { STEERING_DETECTION } from "./steering-detection.ts";
import { STEERING_HEARTBEATS } from "./steering-heartbeats.ts";
import { STEERING_MANIFESTS } from "./steering-manifests.ts";
import { STEERING_PLAYS } from "./steering-plays.ts";
import { STEERING_REBALANCE } from "./steering-rebalance.ts";
import { STEERING_SCALE } from "./steering-scale.ts";

/** Every figure that steering is to reach. */
const OF_STEERING: readonly Bench[] = [
  STEERING_MANIFESTS,
  STEERING_SCALE,
  STEERING_HEARTBEATS,
  STEERING_DETECTION,
  STEERING_REBALANCE,
  INCIDENTS,
];

const EVERY_BENCH: readonly Bench[] = [
  EDGE_RAM,
  EDGE_DISK,
  EDGE_SMALL,
  EDGE_MISS,
  FLASH_CROWD,
  SLOW_CLIENTS,
  CRASH,
  POLICIES,
  ...OF_STEERING,
  STEERING_PLAYS,
];

/** Names that stand for several. */
const GROUPS: ReadonlyMap<string, readonly Bench[]> = new Map([
  ["steering", OF_STEERING],
  ["all", EVERY_BENCH],
]);

export const BENCH_NAMES: readonly string[] = [
  ...EVERY_BENCH.map(({ name }) => name),
  ...GROUPS.keys(),
];

/**
 * Each bench once, in the order given.
 *
 * @throws {BenchError} for a name that there is not.
 */
export function findBenches(names: readonly string[]): readonly Bench[] {
  const found = names.flatMap((name) => {
    const group = GROUPS.get(name);
    if (group !== undefined) return group;
    const bench = EVERY_BENCH.find((candidate) => candidate.name === name);
    if (bench !== undefined) return [bench];
    throw new BenchError(`No bench is called ${name}. There are: ${BENCH_NAMES.join(", ")}.`);
  });
  return [...new Set(found)];
}
