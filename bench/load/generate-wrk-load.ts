/**
 * Puts load on a server with wrk, for what autocannon is too slow for.
 *
 * wrk tells only sums, so the size of the answers is judged by their mean, and its window is the
 * whole of a run that follows a shorter one to warm up.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { readChildrenCpuTicks } from "../core/read-proc.ts";
import { wrkScript } from "../core/wrk-script.ts";
import { findFamily, readUsage, TICKS_PER_SECOND } from "../measure/process-usage.ts";
import { EVERY_TIME_ANOTHER, type LoadJob, type LoadReport } from "./load-job.ts";

const ANSWER_LIMIT_SECONDS = 10;
const run = promisify(execFile);

const WrkFigures = Type.Object({
  requests: Type.Number(),
  bytes: Type.Number(),
  durationMicroseconds: Type.Number(),
  p50: Type.Number(),
  p99: Type.Number(),
  p999: Type.Number(),
  broken: Type.Number(),
  otherStatus: Type.Number(),
});

/** @param program where wrk is. */
export async function generateWrkLoad(job: LoadJob, program: string): Promise<LoadReport> {
  const folder = await mkdtemp(join(tmpdir(), "understudy-wrk-"));
  try {
    const warm = await runWrk(job, { program, folder, mark: `${job.mark}w`, ms: job.warmUpMs });
    const server = findFamily(job.serverPid);
    const opened = { server: readUsage(server), own: await childrenCpuSeconds() };
    const figures = await runWrk(job, { program, folder, mark: job.mark, ms: job.windowMs });
    const closed = { server: readUsage(server), own: await childrenCpuSeconds() };
    const reason = complaintOf(figures, job.answerBytes);
    if (reason !== undefined) return { kind: "failed", reason };
    return {
      kind: "measured",
      answersInAll: warm.requests + figures.requests,
      measurement: {
        windowSeconds: figures.durationMicroseconds / 1e6,
        requests: figures.requests,
        // It counts what it read of answers that it then cut off at the end.
        bytes: Math.min(figures.bytes, figures.requests * job.answerBytes.most),
        latencyMicroseconds: { p50: figures.p50, p99: figures.p99, p999: figures.p999 },
        serverCpuSeconds: closed.server.cpuSeconds - opened.server.cpuSeconds,
        serverRssBytes: closed.server.residentBytes,
        generatorCpuSeconds: closed.own - opened.own,
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runWrk(
  { url, paths, connections }: LoadJob,
  wishes: {
    readonly program: string;
    readonly folder: string;
    readonly mark: string;
    readonly ms: number;
  },
) {
  const script = join(wishes.folder, "ask.lua");
  const { mark } = wishes;
  await writeFile(script, wrkScript({ paths, everyTimeAnother: EVERY_TIME_ANOTHER, mark }));
  const flags = [
    ["--threads", "1"],
    ["--connections", String(connections)],
    // It knows whole seconds only.
    ["--duration", `${Math.max(1, Math.ceil(wishes.ms / 1000))}s`],
    ["--timeout", `${ANSWER_LIMIT_SECONDS}s`],
    ["--script", script],
  ].flat();
  const { stdout } = await run(wishes.program, [...flags, url]);
  const line = stdout.split("\n").find((text) => text.startsWith("{")) ?? "{}";
  return Value.Parse(WrkFigures, JSON.parse(line));
}

/** Of the children that have ended: of wrk, that is. */
async function childrenCpuSeconds(): Promise<number> {
  return readChildrenCpuTicks(await readFile("/proc/self/stat", "utf8")) / TICKS_PER_SECOND;
}

function complaintOf(
  { requests, bytes, broken, otherStatus }: Static<typeof WrkFigures>,
  { least }: LoadJob["answerBytes"],
): string | undefined {
  if (broken > 0) return `${broken} requests failed`;
  if (otherStatus > 0) return `${otherStatus} answers had another status than 2xx`;
  if (requests === 0) return "no answer came while it was measured";
  return bytes < requests * least ? "the answers were too small" : undefined;
}
