/** The load generator as seen from the bench: a process of its own that does one job after another. */
import { BenchError } from "../errors.ts";
import type { Stage } from "../processes/stage.ts";
import type { LoadJob, LoadReport } from "./load-job.ts";

export type LoadGenerator = { run(job: LoadJob): Promise<LoadReport> };

export function startLoadGenerator(stage: Stage): LoadGenerator {
  const { child, ended } = stage.startWorker({
    name: "the load generator",
    program: "bench/run-load.ts",
    part: "other",
  });
  return {
    async run(job) {
      const report = new Promise<LoadReport>((resolve) => child.once("message", resolve));
      child.send(job);
      return await Promise.race([
        report,
        ended.then((how): never => {
          throw new BenchError(how);
        }),
      ]);
    },
  };
}
