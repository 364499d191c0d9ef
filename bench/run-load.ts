/** The load generator as a process: does the jobs that its parent sends, until the parent is gone. */
import { generateLoad } from "./load/generate-load.ts";
import type { LoadJob } from "./load/load-job.ts";

process.on("message", (job: LoadJob) => {
  void generateLoad(job, () => performance.now()).then((report) => process.send?.(report));
});
process.on("disconnect", () => process.exit(0));
