/** A process of its own that does one job after another for the bench, and reports on each. */
import { BenchError } from "../errors.ts";
import type { Stage } from "../processes/stage.ts";

export type JobWorker<Job, Report> = { run(job: Job): Promise<Report> };

export function startJobWorker<Job, Report>(
  stage: Stage,
  { name, program }: { readonly name: string; readonly program: string },
): JobWorker<Job, Report> {
  const { child, ended } = stage.startWorker({ name, program, part: "other" });
  return {
    async run(job) {
      const report = new Promise<Report>((resolve) => child.once("message", resolve));
      child.send(job as object);
      return await Promise.race([
        report,
        ended.then((how): never => {
          throw new BenchError(how);
        }),
      ]);
    },
  };
}

/** The other side: what the program of such a process does. */
export function doJobs<Job, Report>(work: (job: Job) => Promise<Report>): void {
  process.on("message", (job: Job) => {
    void work(job).then((report) => process.send?.(report));
  });
  process.on("disconnect", () => process.exit(0));
}
