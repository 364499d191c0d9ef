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
import { SLOW_CLIENTS } from "./slow-clients.ts";
import { STEERING } from "./steering.ts";

const EVERY_BENCH: readonly Bench[] = [
  EDGE_RAM,
  EDGE_DISK,
  EDGE_SMALL,
  EDGE_MISS,
  FLASH_CROWD,
  SLOW_CLIENTS,
  CRASH,
  POLICIES,
  STEERING,
];
const ALL = "all";

export const BENCH_NAMES: readonly string[] = [...EVERY_BENCH.map(({ name }) => name), ALL];

/**
 * Each bench once, in the order given.
 *
 * @throws {BenchError} for a name that there is not.
 */
export function findBenches(names: readonly string[]): readonly Bench[] {
  const found = names.flatMap((name) => {
    if (name === ALL) return EVERY_BENCH;
    const bench = EVERY_BENCH.find((candidate) => candidate.name === name);
    if (bench !== undefined) return [bench];
    throw new BenchError(`No bench is called ${name}. There are: ${BENCH_NAMES.join(", ")}.`);
  });
  return [...new Set(found)];
}
