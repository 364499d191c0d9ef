/** A crowd of clients as a process: comes when its parent sends a job, and reports when it has gone. */
import { type CrowdJob, gatherCrowd } from "./load/crowd.ts";
import { doJobs } from "./load/job-worker.ts";

doJobs((job: CrowdJob) => gatherCrowd(job, () => performance.now()));
