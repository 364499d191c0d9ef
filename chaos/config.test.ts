import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readCommandLine } from "../chassis/command-line.ts";
import { ChaosConfig, readTargets } from "./config.ts";

const API_PORT = 4103;

describe("--targets", () => {
  test("are read as name, port and upstream", () => {
    const reading = readTargets(
      ["east-1@4211=http://127.0.0.1:4111", "six@0=http://[::1]:80", "b@4212=http://box"],
      API_PORT,
    );
    assert.deepEqual(reading.ok && reading.targets, [
      {
        name: "east-1",
        listenPort: 4211,
        upstream: { url: "http://127.0.0.1:4111", host: "127.0.0.1", port: 4111 },
      },
      { name: "six", listenPort: 0, upstream: { url: "http://[::1]:80", host: "::1", port: 80 } },
      { name: "b", listenPort: 4212, upstream: { url: "http://box", host: "box", port: 80 } },
    ]);
  });
  test("that are drawn a port may be several", () =>
    assert.ok(readTargets(["a@0=http://x:1", "b@0=http://x:1"], 0).ok));

  for (const [targets, flaw] of [
    [["a@1=http://x:1", "a@2=http://x:2"], "--targets: a stands twice."],
    [["a@1=http://x:1", "b@1=http://x:2"], "--targets: port 1 stands twice."],
    [["a@4103=http://x:1"], "--targets: port 4103 stands twice."],
    [["a@70000=http://x:1"], "--targets: a cannot have port 70000."],
    [["a@1=http://x:99999"], "--targets: http://x:99999 of a is not a URL."],
  ] as const) {
    test(`${targets.join(",")}: ${flaw}`, () =>
      assert.deepEqual(readTargets(targets, API_PORT), { ok: false, flaw }));
  }

  for (const entry of [
    "",
    "a",
    "a@1",
    "a=http://x:1",
    "@1=http://x:1",
    "..@1=http://x:1",
    "a b@1=http://x:1",
    "a@x=http://x:1",
    "a@1=https://x:1",
    "a@1=http://x:1/path",
    "a@1=http://user@x:1",
  ]) {
    test(`${JSON.stringify(entry)} is refused by the command line`, () => {
      const argv = ["--targets", entry];
      const read = readCommandLine(ChaosConfig, { command: "chaos", argv, env: {} });
      assert.equal(read.kind, "invalid");
      assert.match(read.kind === "invalid" ? read.message : "", /^--targets .*name@listenPort/);
    });
  }
});
