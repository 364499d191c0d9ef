import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FLEET_POLICY } from "./config.ts";
import { actPath, type FleetProcess, type ProcessAct } from "./contract/process-control.ts";
import { findFreePorts } from "./free-ports.rig.ts";
import { checkPorts } from "./processes/check-ports.ts";
import { type Fleet, type FleetOptions, startFleet } from "./start-fleet.ts";

const PLAIN = fileURLToPath(import.meta.resolve("./fixtures/plain-service.ts"));
const BROKEN = fileURLToPath(import.meta.resolve("./fixtures/broken-service.ts"));
const FIXTURES = { origin: PLAIN, steering: PLAIN, appliance: PLAIN, chaos: PLAIN };
const LIMIT_MS = 15_000;
const QUICK = {
  ...FLEET_POLICY,
  closeLimitMs: 1_500,
  supervision: { ...FLEET_POLICY.supervision, backoff: { firstMs: 50, longestMs: 100 } },
};

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-fleet-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(t: TestContext, options: Partial<FleetOptions> = {}): Promise<Fleet> {
  const fleet = await startFleet({
    port: await findFreePorts(),
    regions: ["east", "west"],
    appliances: 2,
    chaos: false,
    data: temporaryFolder(t),
    host: "127.0.0.1",
    profile: "demo",
    policy: QUICK,
    programs: FIXTURES,
    ...options,
  });
  t.after(() => fleet.close());
  return fleet;
}

function find(processes: readonly FleetProcess[], name: string): FleetProcess {
  const found = processes.find((process) => process.name === name);
  assert.ok(found, name);
  return found;
}

async function act(fleet: Fleet, name: string, what: ProcessAct): Promise<FleetProcess> {
  const response = await fetch(fleet.controlUrl + actPath(name, what), {
    method: "POST",
    headers: { authorization: `Bearer ${fleet.token}` },
  });
  assert.equal(response.status, 200);
  return (await response.json()) as FleetProcess;
}

const becomes = async (fleet: Fleet, name: string, holds: (process: FleetProcess) => boolean) =>
  assert.ok(
    await fleet.waitUntil((all) => holds(find(all, name)), LIMIT_MS),
    JSON.stringify(find(fleet.processes(), name)),
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a fleet", { concurrency: false }, () => {
  test("runs every process, and leaves none behind", async (t) => {
    const fleet = await start(t);
    const pids = fleet.processes().map(({ pid }) => pid as number);
    assert.equal(new Set(pids).size, 4);
    for (const { name, state, url } of fleet.processes()) {
      assert.equal(state, "running", name);
      assert.equal((await fetch(url)).status, 200, name);
    }
    await fleet.close();
    assert.deepEqual(pids.filter(isAlive), []);
    await assert.rejects(fetch(fleet.controlUrl));
  });

  test("lets what was killed through the API stay down until it is started", async (t) => {
    const fleet = await start(t);
    const before = find(fleet.processes(), "east-1");
    const killed = await act(fleet, "east-1", "kill");
    assert.deepEqual([killed.state, killed.pid, killed.lastExit], ["stopped", null, "SIGKILL"]);
    await assert.rejects(fetch(before.url));

    await act(fleet, "east-1", "start");
    await becomes(fleet, "east-1", ({ state }) => state === "running");
    assert.equal((await fetch(before.url)).status, 200);
    assert.notEqual(find(fleet.processes(), "east-1").pid, before.pid);
    assert.equal(find(fleet.processes(), "east-1").restarts, 0);
  });

  test("starts again what died unasked, and says so", async (t) => {
    const said: string[] = [];
    const fleet = await start(t, { say: (line) => said.push(line) });
    process.kill(find(fleet.processes(), "west-1").pid as number, "SIGKILL");
    await becomes(fleet, "west-1", ({ state, restarts }) => state === "running" && restarts === 1);
    assert.equal(find(fleet.processes(), "west-1").lastExit, "SIGKILL");
    assert.deepEqual(said, [
      "Starting the fleet ...",
      "west-1 died unasked (SIGKILL) and starts again.",
      "west-1 runs.",
    ]);
  });

  test("restarts in order when asked to", async (t) => {
    const fleet = await start(t);
    const { pid } = find(fleet.processes(), "steering");
    await act(fleet, "steering", "restart");
    await becomes(fleet, "steering", (now) => now.state === "running" && now.pid !== pid);
    assert.equal(find(fleet.processes(), "steering").lastExit, "code 0");
  });

  test("ends a frozen process too", async (t) => {
    const fleet = await start(t);
    const pid = find(fleet.processes(), "east-1").pid as number;
    process.kill(pid, "SIGSTOP");
    await fleet.close();
    assert.equal(isAlive(pid), false);
  });

  test("keeps its token where only its owner can read it", async (t) => {
    const data = temporaryFolder(t);
    const fleet = await start(t, { data });
    assert.equal(readFileSync(join(data, "token"), "utf8"), `${fleet.token}\n`);
    assert.equal(statSync(join(data, "token")).mode & 0o777, 0o600);
    assert.ok(existsSync(join(data, "logs/east-1.log")));
  });

  test("of which one cannot start does not start, says why, and leaves nothing", async (t) => {
    const port = await findFreePorts();
    const starting = start(t, { port, programs: { ...FIXTURES, steering: BROKEN } });
    await assert.rejects(starting, {
      name: "StartError",
      message: /^Cannot start steering: The cellar is flooded\. Log: .*steering\.log$/,
    });
    await checkPorts([0, 1, 2, 11, 12].map((at) => ({ host: "127.0.0.1", port: port + at })));
  });

  test("does not share its ports or its folder with another one", async (t) => {
    const data = temporaryFolder(t);
    const fleet = await start(t, { data });
    const port = Number(new URL(fleet.siteUrl).port);
    await assert.rejects(start(t, { port }), /Port \d+ is in use\. Choose another range/);
    await assert.rejects(start(t, { data }), /in use by the fleet at/);
    await fleet.close();
    await (await start(t, { data, port })).close();
  });
});

describe("the program", () => {
  const run = (...flags: string[]) =>
    spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  const output = async (...flags: string[]) => {
    const program = run(...flags);
    let text = "";
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
    }
    const [code] = await once(program, "close");
    return { code, text };
  };

  test("explains its flags", async () => {
    const { code, text } = await output("--help");
    assert.equal(code, 0);
    for (const flag of ["--port", "--regions", "--appliances", "--origin", "--chaos", "--data"]) {
      assert.match(text, new RegExp(`${flag}\\b`));
    }
  });
  for (const flags of [["--appliances", "0"], ["--regions", "East!"], ["--port", "x"], ["--bad"]]) {
    test(`answers ${flags.join(" ")} with one line and exit code 2`, async () => {
      const { code, text } = await output(...flags);
      assert.equal(code, 2);
      assert.match(text, /^.*npm start -- --help\.\n$/);
    });
  }
});
