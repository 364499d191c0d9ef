import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { findFamily, readUsage } from "./process-usage.ts";

const usageOf = (pid: number) => readUsage(findFamily(pid));

test("tells the memory and the growing CPU time of this process", () => {
  const before = usageOf(process.pid);
  assert.ok(before.residentBytes > 10_000_000);
  while (usageOf(process.pid).cpuSeconds < before.cpuSeconds + 0.02);
});

test("counts a child with its parent", async (t) => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log()"]);
  t.after(() => child.kill());
  await once(child.stdout, "data");
  const whole = usageOf(process.pid).residentBytes;
  assert.ok(usageOf(child.pid ?? 0).residentBytes > 10_000_000);
  assert.ok(whole > usageOf(child.pid ?? 0).residentBytes + 10_000_000);
});

test("fails for a process that is not there", () =>
  assert.throws(() => usageOf(2 ** 30), { code: "ENOENT" }));
