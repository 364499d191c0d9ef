/**
 * The lab as a program, in a real browser: one player, one fault, a few seconds. No figure is judged here
 * that a busy machine could change; what is judged is that something was measured, and kept.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { type LabRun, LabRuns } from "../bench/contract/lab-result.ts";

const MAIN = join(import.meta.dirname, "..", "bench", "lab", "main.ts");
const SHORT = ["--fault-at-seconds=3", "--fault-seconds=3", "--after-seconds=2"];

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "lab-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function runLab(folder: string, flags: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const lab = spawn(process.execPath, [MAIN, ...flags], {
    cwd: folder,
    // biome-ignore lint/style/noProcessEnv: the browser is looked for as everywhere.
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let table = "";
  lab.stdout.setEncoding("utf8").on("data", (text: string) => {
    table += text;
  });
  lab.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = (await once(lab, "close")) as [number | null];
  return { code, said, table };
}

test("plays ours through a dead primary, and goes on where it was", async (t) => {
  const folder = newFolder(t);
  const flags = [...["--players=understudy", "--faults=status-503"], ...SHORT];
  const files = ["--json=r.json", "--html=r.html"];
  const { code, said, table } = await runLab(folder, [...flags, ...files]);
  assert.equal(code, 0, said);
  assert.match(said, /^2 runs in one turn: about \d+ s\.$/m);
  assert.match(table, /^ {2}status-503 +\S+ \/ \S+ \/ \S+$/m);

  const read = (): LabRun[] =>
    Value.Parse(LabRuns, JSON.parse(readFileSync(join(folder, "r.json"), "utf8")));
  const [control, broken] = read();
  assert.deepEqual([control?.fault, broken?.fault], ["none", "status-503"]);
  assert.ok(
    control?.startupSeconds !== null && control?.dead === false,
    "no picture in the control",
  );
  assert.equal(control?.backupSeconds, null);
  assert.ok((broken?.backupSeconds ?? 99) < 3, `B was asked after ${broken?.backupSeconds} s`);
  assert.ok(broken?.timeline.served.some(({ pathway, whole }) => pathway === "B" && whole));
  assert.ok((broken?.bufferAtFaultSeconds ?? 0) > 0);
  assert.match(readFileSync(join(folder, "r.html"), "utf8"), /<svg viewBox="0 0 1000/);

  const again = await runLab(folder, [...flags, ...files]);
  assert.equal(again.code, 0, again.said);
  assert.match(again.said, /^Nothing is left to run/m);
  assert.equal(again.table, table);
  assert.equal(read().length, 2);
});

test("--list says what there is", async (t) => {
  const { code, table } = await runLab(newFolder(t), ["--list"]);
  assert.equal(code, 0);
  assert.match(table, /^ {2}understudy {2,}ours[\s\S]*^ {2}blackhole {2,}A accepts/m);
});

describe("says in one line what is wrong with", () => {
  for (const [flaw, flags, message, code] of [
    [
      "an unknown player",
      ["--players=flash"],
      /^No player is called flash\. There are: understudy, /,
      1,
    ],
    ["an unknown fault", ["--faults=flood"], /^No fault is called flood\. There are: all, /, 1],
    ["an unknown mode", ["--mode=film"], /^--mode \(live, vod, both/, 2],
    ["an unknown link", ["--link=copper"], /^--link \(open, 20mbit, both/, 2],
    ["a number that is none", ["--runs=many"], /^--runs /, 2],
    ["a folder that is not there", ["--json=none/r.json"], /^--json: .*none\/r\.json/, 1],
    [
      "results of something else",
      ["--resume=other.json"],
      /^other\.json has no results of the lab/,
      1,
    ],
  ] as const) {
    test(flaw, async (t) => {
      const folder = newFolder(t);
      writeFileSync(join(folder, "other.json"), "[{}]");
      const lab = await runLab(folder, flags);
      assert.equal(lab.code, code, lab.said);
      assert.match(lab.said, message);
      assert.equal(lab.said.trim().split("\n").length, 1, lab.said);
      assert.equal(existsSync(join(folder, "r.json")), false);
    });
  }

  test("no browser, and how to get one", async (t) => {
    const flags = ["--players=hls", ...SHORT];
    const lab = await runLab(newFolder(t), flags, { CHROMIUM_PATH: "/nowhere/chromium" });
    assert.equal(lab.code, 1);
    assert.match(
      lab.said,
      /^The lab needs a browser: .*npx playwright install --with-deps chromium/m,
    );
  });
});
