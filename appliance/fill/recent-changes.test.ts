import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { RecentChanges } from "./recent-changes.ts";

const POLICY = { rememberedMs: 1_000, maxRemembered: 2 };

/** Changes made at their wall times, told to what has room for two. */
function afterChanges(...changes: readonly (readonly [target: string, atWallMs: number])[]) {
  let [nowMs, wallMs] = [1, 1];
  const recent = new RecentChanges({ policy: POLICY, now: () => nowMs, wallNow: () => wallMs });
  for (const [target, atWallMs] of changes) {
    wallMs = atWallMs;
    recent.remember(target, undefined);
  }
  wallMs += 50;
  return {
    recent,
    mayKeep: (key: string, askedAtWallMs: number) => recent.mayKeep(answer(key, askedAtWallMs)),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

function answer(key: string, askedAtWallMs: number) {
  return { key, arrivedAtWallMs: askedAtWallMs + 50, answeredInMs: 50 } as StoredMetadata;
}

for (const [key, askedAtWallMs, expected] of [
  ["/a", 999, false],
  ["/a", 1_000, false],
  ["/a", 1_001, true],
  ["/a slice 1.2", 999, false],
  ["/b", 999, true],
] as const) {
  test(`of ${key}, asked for at ${askedAtWallMs}, is ${expected ? "" : "not "}kept after /a changed at 1000`, () =>
    assert.equal(afterChanges(["/a", 1_000]).mayKeep(key, askedAtWallMs), expected));
}

test("what was asked for before the clock was set back is not kept after a change", () => {
  const { mayKeep } = afterChanges(["/a", 1_000]);
  assert.deepEqual([mayKeep("/a", 5_000), mayKeep("/b", 5_000)], [false, true]);
});

test("a change is remembered for a while", () => {
  const { mayKeep, pass } = afterChanges(["/a", 1_000]);
  pass(POLICY.rememberedMs + 1);
  assert.equal(mayKeep("/a", 999), true);
});

test("beyond the limit nothing is kept that a forgotten change may have overtaken", () => {
  const { mayKeep, pass } = afterChanges(["/a", 1_000], ["/b", 1_010], ["/c", 1_020]);
  assert.deepEqual([mayKeep("/a", 1_000), mayKeep("/never", 1_000)], [false, false]);
  assert.deepEqual([mayKeep("/a", 1_001), mayKeep("/b", 1_010)], [true, false]);
  pass(POLICY.rememberedMs + 1);
  assert.equal(mayKeep("/a", 1_000), true);
});

test("the answer that tells of a change is not overtaken by it, and is by the next", () => {
  const { recent } = afterChanges(["/b", 1_050]);
  const told = answer("/a", 1_000);
  recent.remember("/a", told);
  assert.equal(recent.mayKeep({ ...told, sizeBytes: 5 }), true);
  assert.equal(recent.mayKeep(answer("/a", 999)), false);
  recent.remember("/a", undefined);
  assert.equal(recent.mayKeep(told), false);
});
