/** The bench as a program: real servers, real load, very short. No figure is judged here. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { BenchResults } from "./contract/bench-result.ts";
import { findFamily } from "./measure/process-usage.ts";
import { PEER_NAMES } from "./systems/peer.ts";

const SHORT = ["--seconds", "0.3", "--rounds", "2", "--connections", "4"];

type Program = {
  readonly process: ChildProcess;
  readonly folder: string;
  /** What it has said on stderr. */
  readonly said: () => string;
  /** Resolves once it has said something that matches. */
  readonly saying: (pattern: RegExp) => Promise<void>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** Everything that was seen to run under it and still runs. */
  readonly leftRunning: () => string[];
};

function startBench(t: TestContext, ...flags: string[]): Program {
  const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  const program = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...flags], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(program, "close").then(([code]) => code as number | null);
  t.after(async () => {
    program.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true });
  });
  let said = "";
  const family = new Set<number>();
  program.stdout.resume();
  program.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (program.exitCode !== null) return;
    for (const pid of findFamily(program.pid ?? 0).slice(1)) family.add(pid);
  });
  return {
    process: program,
    folder,
    said: () => said,
    async saying(pattern) {
      while (!pattern.test(said)) {
        await Promise.race([once(program.stderr, "data"), ended.then(() => assert.fail(said))]);
      }
    },
    ended,
    leftRunning: () => {
      assert.ok(family.size > 0, "nothing was seen to run");
      return Array.from(family, commandOf).filter((command) => command !== "");
    },
  };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** Empty for a process that has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

test("measures ours and the yardstick in turn, writes JSON and page, leaves nothing", async (t) => {
  const bench = startBench(t, "edge-small", ...SHORT, "--json", "r.json", "--html", "r.html");
  assert.equal(await bench.ended, 0, bench.said());

  const results = Value.Parse(
    BenchResults,
    JSON.parse(readFileSync(join(bench.folder, "r.json"), "utf8")),
  );
  assert.equal(results.length, 1);
  const [result] = results;
  assert.deepEqual(
    [result?.name, result?.unit],
    ["edge-small", { objectBytes: 2048, connections: 4 }],
  );
  assert.ok(result?.kind === "load");
  const systems = result.runs.map(({ system }) => system);
  const installed = PEER_NAMES.filter((name) => systems.includes(name));
  assert.deepEqual(systems, ["understudy", ...installed, "fastify"]);
  assert.deepEqual([...installed, ...result.missing].sort(), [...PEER_NAMES].sort());
  assert.deepEqual(Object.keys(result.ratios), systems.slice(1));
  for (const run of result.runs) {
    assert.equal(run.rounds.length, 2);
    assert.ok(run.requestsPerSecond > 0 && run.cpuMicrosecondsPerRequest > 0, run.system);
  }
  assert.match(readFileSync(join(bench.folder, "r.html"), "utf8"), /<h2 id="edge-small">/);
  assert.deepEqual(bench.leftRunning(), []);
  assert.deepEqual(readdirSync(bench.folder).sort(), ["r.html", "r.json"]);
});

test("steering: a small made-up fleet is served, told apart by size, and heard", async (t) => {
  const names = ["steering-manifests", "steering-scale", "steering-heartbeats"];
  const flags = ["--seconds=0.3", "--rounds=1", "--connections=4", "--appliances=20"];
  const bench = startBench(t, ...names, ...flags, "--json", "r.json");
  assert.equal(await bench.ended, 0, bench.said());
  const [manifests, scale, heartbeats] = Value.Parse(
    BenchResults,
    JSON.parse(readFileSync(join(bench.folder, "r.json"), "utf8")),
  );
  assert.ok(manifests?.kind === "load" && scale?.kind === "study");
  assert.ok(heartbeats?.kind === "study");
  assert.equal(manifests.claims?.length, 2);
  assert.deepEqual(
    scale.runs.map((run) => run["appliances"]),
    [10, 20],
  );
  const [heard] = heartbeats.runs;
  assert.equal(heard?.["refused"], 0);
  assert.ok(Number(heard["heartbeatsPerSecond"]) > 0);
  assert.deepEqual(bench.leftRunning(), []);
});

test("steering-rebalance: the viewers of a drained appliance leave it, and none fails", async (t) => {
  const bench = startBench(t, "steering-rebalance", "--connections=6", "--json", "r.json");
  assert.equal(await bench.ended, 0, bench.said());
  const [result] = Value.Parse(
    BenchResults,
    JSON.parse(readFileSync(join(bench.folder, "r.json"), "utf8")),
  );
  assert.ok(result?.kind === "study");
  const [run] = result.runs;
  assert.equal(run?.["failed"], 0);
  assert.ok(Number(run["viewersBefore"]) > 0 && Number(run["segments"]) > 0);
  assert.deepEqual(bench.leftRunning(), []);
});

test("flash-crowd: a small crowd is counted at the origin, and its bodies are whole", async (t) => {
  const bench = startBench(t, "flash-crowd", "--runs=1", "--connections=10", "--json", "r.json");
  assert.equal(await bench.ended, 0, bench.said());
  const [result] = Value.Parse(
    BenchResults,
    JSON.parse(readFileSync(join(bench.folder, "r.json"), "utf8")),
  );
  assert.ok(result?.kind === "study");
  const ours = result.runs.find(({ system }) => system === "understudy");
  assert.deepEqual([ours?.["originFetches"], ours?.["failed"]], [1, 0]);
  assert.deepEqual(bench.leftRunning(), []);
});

test("slow-clients: some slow clients are borne, in RAM and on disk", async (t) => {
  const flags = ["--seconds=0.3", "--rounds=1", "--connections=20", "--json", "r.json"];
  const bench = startBench(t, "slow-clients", ...flags);
  assert.equal(await bench.ended, 0, bench.said());
  const [result] = Value.Parse(
    BenchResults,
    JSON.parse(readFileSync(join(bench.folder, "r.json"), "utf8")),
  );
  assert.ok(result?.kind === "study");
  const ours = result.runs.filter(({ system }) => system.startsWith("understudy"));
  assert.deepEqual(
    ours.map(({ system, failed }) => [system, failed]),
    [
      ["understudy", 0],
      ["understudy (disk)", 0],
    ],
    bench.said(),
  );
  assert.deepEqual(bench.leftRunning(), []);
});

test("on Ctrl-C ends all that it started, and writes nothing", async (t) => {
  const bench = startBench(
    t,
    "edge-small",
    "--seconds=60",
    "--generator=autocannon",
    "--json=r.json",
  );
  await bench.saying(/round 1 of 3 {2}understudy/);
  bench.process.kill("SIGINT");
  assert.equal(await bench.ended, 130);
  assert.match(bench.said(), /Stopped/);
  assert.deepEqual(bench.leftRunning(), []);
  assert.deepEqual(readdirSync(bench.folder), []);
});

test("fails in one line, without figures, when what it measures dies", async (t) => {
  const bench = startBench(
    t,
    "edge-small",
    "--seconds=2",
    "--generator=autocannon",
    "--json=r.json",
  );
  await bench.saying(/round 1 of 3 {2}understudy/);
  const appliance = findFamily(bench.process.pid ?? 0).find((pid) =>
    commandOf(pid).includes("appliance/main.ts"),
  );
  process.kill(appliance ?? assert.fail("no appliance runs"), "SIGKILL");
  assert.equal(await bench.ended, 1);
  // Whichever is noticed first: its end, or its silence.
  assert.match(lastLine(bench.said()), /^appliance ended \(SIGKILL\)|^http\S+ did not answer/);
  assert.ok(!existsSync(join(bench.folder, "r.json")));
  assert.deepEqual(bench.leftRunning(), []);
});

describe("says in one line what is wrong with", () => {
  for (const [flaw, flags, message, code] of [
    ["no name", [], /^<benches> .*edge-ram/, 2],
    ["an unknown name", ["edge-rma"], /^No bench is called edge-rma\. There are: edge-ram, /, 1],
    ["an unknown flag", ["edge-ram", "--colour=red"], /--colour/, 2],
    ["too short a round", ["edge-ram", "--seconds=0"], /^--seconds .*>= 0\.2/, 2],
    ["half a round", ["edge-ram", "--rounds=1.5"], /^--rounds .*integer/, 2],
    [
      "a folder that is not there",
      ["edge-ram", "--json=none/r.json"],
      /^--json: .*none\/r\.json/,
      1,
    ],
    ["a file that is a folder", ["edge-ram", "--html=."], /^--html: \. is a folder/, 1],
  ] as const) {
    test(flaw, async (t) => {
      const bench = startBench(t, ...flags);
      assert.equal(await bench.ended, code);
      assert.match(bench.said(), message);
      assert.equal(bench.said().trim().split("\n").length, 1, bench.said());
    });
  }
});
