/** The load generator as a process: does the jobs that its parent sends, until the parent is gone. */
import { generateLoad } from "./load/generate-load.ts";
import { generateWrkLoad } from "./load/generate-wrk-load.ts";
import { doJobs } from "./load/job-worker.ts";
import type { LoadJob } from "./load/load-job.ts";

doJobs((job: LoadJob) =>
  job.generator.name === "wrk"
    ? generateWrkLoad(job, job.generator.program)
    : generateLoad(job, () => performance.now()),
);
