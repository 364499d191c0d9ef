/** The prober as a process: asks at a fixed rate as its parent wishes, and reports what it saw. */
import { doJobs } from "./load/job-worker.ts";
import { type ProbeJob, probeAtRate } from "./load/probe.ts";

doJobs((job: ProbeJob) => probeAtRate(job, () => performance.now()));
