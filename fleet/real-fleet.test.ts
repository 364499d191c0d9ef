/** The programs themselves, run as `npm start` runs them: what only all of them together can show. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  actPath,
  type FleetProcess,
  PROCESSES_PATH,
  type ProcessAct,
  type ProcessList,
} from "./contract/process-control.ts";
import { findFreePorts } from "./free-ports.rig.ts";

const LIMIT_MS = 30_000;
const SEGMENT = "/vod/a-whale-named-tuesday/video-240/segment-00001.m4s";

type Running = {
  readonly program: ChildProcess;
  readonly site: string;
  readonly control: string;
  readonly token: string;
};

async function startProgram(t: TestContext): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-real-"));
  const port = await findFreePorts();
  const program = spawn(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), "--port", String(port), "--data", folder],
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  t.after(async () => {
    if (program.exitCode === null && program.signalCode === null) {
      program.kill("SIGTERM");
      await once(program, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });
  await saying(program, /\/operator\?code=/);
  return {
    program,
    site: `http://127.0.0.1:${port}`,
    control: `http://127.0.0.1:${port + 2}`,
    token: readFileSync(join(folder, "token"), "utf8").trim(),
  };
}

/** Resolves once the program prints something that matches. */
function saying(program: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const limit = setTimeout(() => reject(new Error(`It only said:\n${printed}`)), LIMIT_MS);
    program.once("exit", () => reject(new Error(`It ended, saying:\n${printed}`)));
    for (const stream of [program.stdout, program.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        if (!pattern.test(printed)) return;
        clearTimeout(limit);
        resolve();
      });
    }
  });
}

async function processes({ control }: Running): Promise<readonly FleetProcess[]> {
  const response = await fetch(control + PROCESSES_PATH);
  return ((await response.json()) as ProcessList).processes;
}

async function find(running: Running, name: string): Promise<FleetProcess> {
  const found = (await processes(running)).find((process) => process.name === name);
  assert.ok(found, name);
  return found;
}

async function act({ control, token }: Running, name: string, what: ProcessAct): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(control + actPath(name, what), { method: "POST", headers });
  assert.equal(response.status, 200, await response.text());
}

async function bytesOf(url: string): Promise<Buffer> {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return Buffer.from(await response.arrayBuffer());
}

/** A fault proxy looks a few times a second whether its appliance is there again. */
async function accepts(url: string): Promise<void> {
  const limitMs = performance.now() + LIMIT_MS;
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    assert.ok(performance.now() < limitMs, `${url} does not accept connections`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function pidsOf(running: Running): Promise<number[]> {
  return (await processes(running)).flatMap(({ pid }) => (pid === null ? [] : [pid]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended is still listed until its parent has taken note of it.
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** They are no children of ours, so their end cannot be awaited, only looked for. */
async function gone(pids: readonly number[]): Promise<void> {
  const limitMs = performance.now() + LIMIT_MS;
  while (pids.some(isAlive) && performance.now() < limitMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(pids.filter(isAlive), []);
}

test("a segment comes through every appliance as it is at the origin; deaths are mended", async (t) => {
  const running = await startProgram(t);
  const original = await bytesOf(running.site + SEGMENT);
  for (const { url } of (await processes(running)).filter(({ role }) => role === "appliance")) {
    assert.deepEqual(await bytesOf(url + SEGMENT), original, url);
  }

  const { url } = await find(running, "east-1");
  await act(running, "east-1", "kill");
  assert.equal((await find(running, "east-1")).state, "stopped");
  await assert.rejects(fetch(url + SEGMENT));
  const back = saying(running.program, /east-1 runs\./);
  await act(running, "east-1", "start");
  await back;
  await accepts(url);
  assert.deepEqual(await bytesOf(url + SEGMENT), original);

  const west = await find(running, "west-1");
  const mended = saying(running.program, /west-1 runs\./);
  process.kill(west.pid as number, "SIGKILL");
  await mended;
  await accepts(west.url);
  assert.equal((await find(running, "west-1")).restarts, 1);
  assert.deepEqual(await bytesOf(west.url + SEGMENT), original);
});

test("Ctrl-C stops every process, and the program ends well", async (t) => {
  const running = await startProgram(t);
  const pids = await pidsOf(running);
  assert.equal(pids.length, 6);
  const exit = once(running.program, "exit");
  // As a terminal does: the signal goes to the whole group, and npm sends it once more.
  process.kill(-(running.program.pid as number), "SIGINT");
  process.kill(running.program.pid as number, "SIGINT");
  assert.deepEqual(await exit, [0, null]);
  assert.deepEqual(pids.filter(isAlive), []);
});

test("a second Ctrl-C does not wait for anybody", async (t) => {
  const running = await startProgram(t);
  const pids = await pidsOf(running);
  // A frozen process would hold up the stop in order for 12 s.
  process.kill((await find(running, "west-1")).pid as number, "SIGSTOP");
  const exit = once(running.program, "exit");
  const startedMs = performance.now();
  const impatience = setInterval(() => running.program.kill("SIGINT"), 300);
  assert.deepEqual(await exit, [1, null]);
  clearInterval(impatience);
  assert.ok(performance.now() - startedMs < 6_000);
  await gone(pids);
});

test("a fleet that is killed takes its processes with it", async (t) => {
  const running = await startProgram(t);
  const pids = await pidsOf(running);
  running.program.kill("SIGKILL");
  await gone(pids);
});
