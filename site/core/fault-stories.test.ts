import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultName, FaultTarget } from "../../chaos/contract/faults.ts";
import {
  type FaultDeed,
  type FaultLook,
  type FaultStory,
  faultSentence,
  tellFaults,
} from "./fault-stories.ts";
import { unbroken } from "./unbroken.rig.ts";

const TOTAL_SECONDS = 20;
const PAGE_OPENED_WALL_MS = 1_764_000_000_000;

type Told = { readonly fault?: FaultName; readonly startedAtMs: number };

/** East-1 as the page, whose clock stood at `seenAtMs`, was told of it. */
function target(seenAtMs: number, told: Told | undefined): FaultTarget {
  const base = {
    name: "east-1",
    url: "http://a",
    upstream: "http://b",
    state: "up",
    lastFault: null,
  } as const;
  if (told === undefined) return { ...base, fault: null };
  const { fault = "blackhole", startedAtMs } = told;
  const startWallMs = PAGE_OPENED_WALL_MS + startedAtMs;
  return {
    ...base,
    fault: {
      target: "east-1",
      fault,
      parameters: {},
      startedAt: new Date(startWallMs).toISOString(),
      endsAt: new Date(startWallMs + TOTAL_SECONDS * 1_000).toISOString(),
      secondsLeft: TOTAL_SECONDS - (seenAtMs - startedAtMs) / 1_000,
      touchedRequests: 0,
    },
  };
}

function look(seenAtMs: number, told: Told | undefined, deed?: FaultDeed): FaultLook {
  return {
    seenAtMs,
    targets: [target(seenAtMs, told)],
    deeds: new Map(deed === undefined ? [] : [["east-1", deed]]),
  };
}

const sentences = (before: FaultLook | undefined, now: FaultLook) =>
  tellFaults(before, now).map(faultSentence);
const broke = (atMs: number, fault: FaultName = "blackhole"): FaultDeed => ({
  what: "break",
  fault,
  atMs,
});
const healed = (atMs: number): FaultDeed => ({ what: "heal", atMs });

describe("a fault that begins", () => {
  const quiet = look(10_000, undefined);
  for (const [rule, now, expected] of [
    [
      "is yours if you asked for it just before",
      look(11_000, { startedAtMs: 10_600 }, broke(10_500)),
      unbroken("You broke east-1: black hole, heals in 20 s"),
    ],
    [
      "is yours although the answer took a while",
      look(11_000, { startedAtMs: 9_600 }, broke(10_500)),
      unbroken("You broke east-1: black hole, heals in 19 s"),
    ],
    [
      "is somebody's if you asked for another one",
      look(11_000, { startedAtMs: 10_600 }, broke(10_500, "trickle")),
      unbroken("east-1 was broken: black hole, heals in 20 s"),
    ],
    [
      "is somebody's if you asked only later",
      look(11_000, { startedAtMs: 9_000 }, broke(10_500)),
      unbroken("east-1 was broken: black hole, heals in 18 s"),
    ],
    [
      "is somebody's if you asked for nothing",
      look(11_000, { startedAtMs: 10_600 }),
      unbroken("east-1 was broken: black hole, heals in 20 s"),
    ],
    [
      "is told with what is left of it if it was noticed late",
      look(18_000, { startedAtMs: 10_600 }),
      unbroken("east-1 was broken: black hole, heals in 13 s"),
    ],
  ] as const) {
    test(rule, () => assert.deepEqual(sentences(quiet, now), [expected]));
  }
  test("is told once", () =>
    assert.deepEqual(
      sentences(look(11_000, { startedAtMs: 10_600 }), look(12_000, { startedAtMs: 10_600 })),
      [],
    ));
  test("is told when it takes the place of another, which is not told as healed", () =>
    assert.deepEqual(
      sentences(
        look(11_000, { startedAtMs: 10_600 }),
        look(12_000, { startedAtMs: 11_500, fault: "trickle" }, broke(11_400, "trickle")),
      ),
      [unbroken("You broke east-1: trickle, heals in 20 s")],
    ));
  test("is told anew when the same fault begins again", () =>
    assert.equal(
      sentences(look(11_000, { startedAtMs: 10_600 }), look(12_000, { startedAtMs: 11_500 }))
        .length,
      1,
    ));
  test("that runs when the page opens is told, as somebody's", () =>
    assert.deepEqual(sentences(undefined, look(15_000, { startedAtMs: 10_000 })), [
      unbroken("east-1 was broken: black hole, heals in 15 s"),
    ]));
});

describe("a fault that ends", () => {
  const before = look(15_000, { startedAtMs: 10_000 });
  for (const [rule, now, expected] of [
    [
      "was healed by you if you asked for it",
      look(16_000, undefined, healed(15_500)),
      unbroken("You healed east-1: black hole, over after 5.5 s"),
    ],
    [
      "healed by itself once its time was over",
      look(29_000, undefined, broke(10_000)),
      unbroken("east-1 healed by itself: black hole, over after 20 s"),
    ],
    [
      "was healed by somebody if its time was not over",
      look(28_999, undefined, broke(10_000)),
      unbroken("east-1 was healed: black hole, over after 19 s"),
    ],
    [
      "was not healed by what you healed before it began",
      look(16_000, undefined, healed(9_000)),
      unbroken("east-1 was healed: black hole, over after 6.0 s"),
    ],
  ] as const) {
    test(rule, () => assert.deepEqual(sentences(before, now), [expected]));
  }
  test("is told although its box is no longer listed", () => {
    const gone: FaultLook = { seenAtMs: 16_000, targets: [], deeds: new Map() };
    assert.deepEqual(
      tellFaults(before, gone).map(({ kind }) => kind),
      ["healed"],
    );
  });
});

test("nothing is told while nothing runs", () => {
  assert.deepEqual(sentences(undefined, look(1, undefined)), []);
  assert.deepEqual(sentences(look(1, undefined), look(2, undefined)), []);
});
test("a story carries who it is about, for its mark", () => {
  const [story] = tellFaults(look(1, undefined), look(2, { startedAtMs: 2 }));
  assert.equal((story satisfies FaultStory | undefined)?.target, "east-1");
});
