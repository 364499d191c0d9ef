/** The load generator as seen from the bench: a process of its own that does one job after another. */
import type { Stage } from "../processes/stage.ts";
import { type JobWorker, startJobWorker } from "./job-worker.ts";
import type { LoadJob, LoadReport } from "./load-job.ts";

export type LoadGenerator = JobWorker<LoadJob, LoadReport>;

export function startLoadGenerator(stage: Stage): LoadGenerator {
  return startJobWorker(stage, { name: "the load generator", program: "bench/run-load.ts" });
}
