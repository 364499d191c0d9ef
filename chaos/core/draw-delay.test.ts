import assert from "node:assert/strict";
import { test } from "node:test";
import { drawDelayMs } from "./draw-delay.ts";

const delaysOf = (seed: string, ms: number, jitterMs: number) =>
  Array.from({ length: 2_000 }, (_, index) => drawDelayMs({ seed, ms, jitterMs }, index + 1));

test("without jitter every response is late by the same", () =>
  assert.deepEqual(new Set(delaysOf("a", 300, 0)), new Set([300])));
test("jitter is drawn evenly on both sides", () => {
  const delays = delaysOf("a", 300, 100);
  assert.ok(delays.every((ms) => ms >= 200 && ms <= 400));
  assert.ok(Math.min(...delays) < 205 && Math.max(...delays) > 395);
  const meanMs = delays.reduce((sum, ms) => sum + ms, 0) / delays.length;
  assert.ok(Math.abs(meanMs - 300) < 10, `${meanMs}`);
});
test("no response is early", () => assert.ok(delaysOf("a", 10, 1_000).every((ms) => ms >= 0)));
test("the same seed has the same delays, another one others", () => {
  assert.deepEqual(delaysOf("a", 300, 100), delaysOf("a", 300, 100));
  assert.notDeepEqual(delaysOf("a", 300, 100), delaysOf("b", 300, 100));
});
