/**
 * Measures the systems of one entry, round by round and interleaved, so that a slow minute of the
 * machine falls on all of them.
 */
import type { Entry } from "../benches/bench.ts";
import type { Round, Run } from "../contract/bench-result.ts";
import { roundOf, runOf } from "../core/summarise-rounds.ts";
import { BenchError } from "../errors.ts";
import type { LoadGenerator } from "../load/load-generator.ts";
import type { MeasuredSystem } from "../systems/measured-system.ts";

export type MeasurePlan = {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly onRoundBegun: (round: number, system: string) => void;
  readonly onRoundOver: (figures: Round) => void;
};

export async function measureEntry(
  entry: Entry,
  generator: LoadGenerator,
  plan: MeasurePlan,
): Promise<Run[]> {
  const measured = entry.systems.map((system) => ({ system, rounds: [] as Round[] }));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { system, rounds } of startingWith(measured, round)) {
      plan.onRoundBegun(round + 1, system.name);
      const figures = await measureRound(system, entry.connections, generator, plan);
      rounds.push(figures);
      plan.onRoundOver(figures);
    }
  }
  return measured.map(({ system, rounds }) => runOf(system, rounds));
}

async function measureRound(
  system: MeasuredSystem,
  connections: number,
  generator: LoadGenerator,
  { warmUpMs, windowMs }: MeasurePlan,
): Promise<Round> {
  const { name, server, paths, answerBytes } = system;
  const check = await system.watch();
  const report = await Promise.race([
    generator.run({
      url: server.url,
      paths,
      connections,
      answerBytes,
      serverPid: server.pid,
      warmUpMs,
      windowMs,
    }),
    server.ended.then((how): never => {
      throw new BenchError(how);
    }),
  ]);
  if (report.kind === "failed") {
    throw new BenchError(`${name} with ${connections} connections: ${report.reason}`);
  }
  await check(report.answersInAll);
  return roundOf(report.measurement);
}

/** Another one goes first each time: whoever follows finds the machine warm. */
function startingWith<T>(items: readonly T[], round: number): readonly T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
