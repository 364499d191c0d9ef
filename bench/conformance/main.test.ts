/** The runner as a program, with a suite of three tests: what the real one says is no unit test. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { ConformanceResult } from "../contract/conformance-result.ts";
import { layOutSuite } from "./suite.rig.ts";

async function runProgram(t: TestContext, ...flags: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "conformance-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...flags], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const [code] = (await once(program, "close")) as [number | null];
  return { code, said, file: (name: string) => readFileSync(join(folder, name), "utf8") };
}

for (const engine of [".", "test-engine"] as const) {
  test(`scores a suite whose programs stand in ${engine}, and fails not when tests do`, async (t) => {
    const suite = layOutSuite(t, engine);
    const { code, said, file } = await runProgram(
      t,
      ...["--suite", suite, "--peer", "none", "--json", "r.json"],
    );
    assert.equal(code, 0, said);
    assert.match(said, /^ {2}more +0\/1 /m);
    const result = Value.Parse(ConformanceResult, JSON.parse(file("r.json")));
    assert.equal(result.suite, "a-suite 1.2.3");
    assert.deepEqual(
      [result.required, result.optimal, result.check],
      [
        { passed: 1, total: 2 },
        { passed: 0, total: 1 },
        { passed: 0, total: 0 },
      ],
    );
    assert.deepEqual(
      result.failed.map(({ id, kind, reason }) => [id, kind, reason]),
      [
        ["fails", "optimal", "No: 127.0.0.1"],
        ["follows", "required", "depends on fails, which does not pass"],
      ],
    );
  });
}

test("asks through an appliance where it is not told otherwise", async (t) => {
  const { code, said } = await runProgram(t, "--suite", layOutSuite(t, "."));
  assert.equal(code, 0, said);
  assert.match(said, /^understudy \S+ in a-suite 1\.2\.3: passed, of how many$/m);
});

for (const [flaw, flags, message, code] of [
  ["no suite", ["--suite", "."], /^\. is no checkout of http-cache-tests/, 1],
  ["an unknown peer", ["--peer", "squid"], /^--peer .*nginx, varnish, ats/, 2],
  ["a folder that is not there", ["--json", "none/r.json"], /^--json: .*none\/r\.json/, 1],
] as const) {
  test(`says in one line what is wrong with ${flaw}`, async (t) => {
    const run = await runProgram(t, ...flags);
    assert.equal(run.code, code);
    assert.match(run.said, message);
    assert.equal(run.said.trim().split("\n").length, 1, run.said);
  });
}
