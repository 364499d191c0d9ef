import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import { noteFills } from "./note-outbound-calls.ts";

const POLICY = { maxEdges: 3, forgetAfterMs: 60_000 };
const upstream = (url: string, calls: number) => ({ url, calls, failures: 0 });

function openRig() {
  const ledger = new DependencyLedger(POLICY, 1);
  const fills = noteFills(ledger, new Map([["demo", "http://origin"]]));
  const edges = (nowMs: number) =>
    ledger.list(nowMs).map(({ caller, callee, calls }) => `${caller} → ${callee}: ${calls}`);
  return { fills, edges };
}

describe("what appliances say of their fills", () => {
  test("is counted once, however often they say it", () => {
    const { fills, edges } = openRig();
    for (const calls of [5, 5, 8]) fills.note("a", [upstream("http://origin", calls)], 1);
    assert.deepEqual(edges(1), ["a → source:demo: 8"]);
  });
  test("counts anew where one has begun anew", () => {
    const { fills, edges } = openRig();
    for (const calls of [5, 2]) fills.note("a", [upstream("http://origin", calls)], 1);
    assert.deepEqual(edges(1), ["a → source:demo: 7"]);
  });
  test("makes room once they are silent: nodes come and go", () => {
    const { fills, edges } = openRig();
    for (const id of ["a", "b", "c"]) fills.note(id, [upstream("http://origin", 1)], 1);
    for (const id of ["d", "e"]) fills.note(id, [upstream("http://origin", 1)], 60_001);
    assert.deepEqual(edges(60_001), [
      "c → source:demo: 1",
      "d → source:demo: 1",
      "e → source:demo: 1",
    ]);
  });
  test("is remembered of their last report only, whatever they named before", () => {
    const { fills, edges } = openRig();
    fills.note("a", [upstream("http://one.test", 5)], 1);
    fills.note("a", [upstream("http://two.test", 5)], 1);
    fills.note("a", [upstream("http://one.test", 6)], 1);
    assert.deepEqual(edges(1), ["a → http://one.test: 11", "a → http://two.test: 5"]);
  });
});
