/** The chaos service as a process: its command line, its proxies, and how it stops. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { bodyOf, startUpstream, TOKEN } from "./app.rig.ts";
import { FAULTS_PATH, type Fault, type FaultList, faultPath } from "./contract/faults.ts";

const MAIN = join(import.meta.dirname, "main.ts");

async function startProcess(t: TestContext, ...flags: string[]) {
  const child = fork(MAIN, ["--port", "0", "--log-level", "silent", ...flags], {
    silent: true,
    env: { UNDERSTUDY_TOKEN: TOKEN },
  });
  t.after(() => kill(child));
  const [{ url }] = await once(child, "message");
  const put = (target: string, fault: Fault) =>
    fetch(url + faultPath(target), {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(fault),
    });
  const { targets } = (await (await fetch(url + FAULTS_PATH)).json()) as FaultList;
  return { child, put, proxyUrl: targets[0]?.url ?? "" };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("a chaos process", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`on ${signal} while bodies hang stops at once, and exits with 0`, async (t) => {
      const upstream = await startUpstream(t);
      const target = `a@0=http://127.0.0.1:${upstream.port}`;
      const { child, put, proxyUrl } = await startProcess(t, "--targets", target);
      await put("a", { fault: "hang-mid", seconds: 60 });
      const response = await fetch(`${proxyUrl}/length/1000`);
      const broken = assert.rejects(response.arrayBuffer(), TypeError);
      const exited = once(child, "exit");
      const before = performance.now();
      child.kill(signal);
      assert.deepEqual(await exited, [0, null]);
      assert.ok(performance.now() - before < 2_000);
      await broken;
    });
  }

  test("heals by its own clock", async (t) => {
    const upstream = await startUpstream(t);
    const target = `a@0=http://127.0.0.1:${upstream.port}`;
    const { put, proxyUrl } = await startProcess(t, "--targets", target);
    const path = `${proxyUrl}/length/5000`;
    await put("a", { fault: "trickle", seconds: 0.3, bytesPerSecond: 100 });
    const before = performance.now();
    assert.equal(await (await fetch(path)).text(), bodyOf(5_000).toString());
    // At its pace it would have taken almost a minute.
    const tookMs = performance.now() - before;
    assert.ok(tookMs > 200 && tookMs < 10_000, `${tookMs} ms`);
  });

  test("names its proxies by the host that viewers use", async (t) => {
    const flags = ["--targets", "a@0=http://127.0.0.1:9", "--advertise", "edge.example"];
    const { proxyUrl } = await startProcess(t, ...flags);
    assert.match(proxyUrl, /^http:\/\/edge\.example:\d+$/);
  });

  test("says in one line which port is in use, and of what", async (t) => {
    const { port } = await startUpstream(t);
    const target = `a@${port}=http://127.0.0.1:9`;
    assert.deepEqual(await runToEnd(["--port", "0", "--targets", target]), {
      code: 1,
      errors: `Port ${port} of target a is in use. Choose another in --targets.\n`,
    });
    assert.deepEqual(
      await runToEnd(["--port", String(port), "--targets", "a@0=http://127.0.0.1:9"]),
      { code: 1, errors: `Port ${port} is in use. Choose another with --port.\n` },
    );
  });
  test("says in one line that a port stands twice", async () => {
    const targets = "a@4211=http://127.0.0.1:9,b@4211=http://127.0.0.1:9";
    assert.deepEqual(await runToEnd(["--targets", targets]), {
      code: 1,
      errors: "--targets: port 4211 stands twice.\n",
    });
  });
  test("says in one line that it has no target", async () => {
    const { code, errors } = await runToEnd([]);
    assert.equal(code, 2);
    assert.match(errors, /^--targets is missing \(name@listenPort=.*\)\. See .*\n$/);
  });
});

async function runToEnd(flags: readonly string[]) {
  const child = fork(MAIN, ["--log-level", "silent", ...flags], { silent: true, env: {} });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  return { code, errors };
}
