import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideServing } from "./decide-serving.ts";
import {
  isOvertaken,
  madeStale,
  type Purge,
  rememberPurge,
  withoutExpired,
} from "./recent-purges.ts";
import { describeAnswer } from "./stored-metadata.ts";

const POLICY = { rememberedMs: 1_000, maxRemembered: 2 };

const purgeAt = (atWallMs: number, key = "/a"): Purge => ({
  targets: [{ kind: "key", key }],
  mode: "hard",
  atWallMs,
});

function answer(requestedAtWallMs: number, arrivedAtWallMs: number, cacheControl = "max-age=60") {
  const fields = { "cache-control": cacheControl, etag: '"1"' };
  return describeAnswer("/a", { status: 200, fields, requestedAtWallMs, arrivedAtWallMs }, 1, {
    notFoundFreshForMs: 0,
    longestAbsentMs: 0,
    longestErrorMs: 0,
    heuristicRatio: 0,
    longestHeuristicMs: 0,
    longestPlaylistHeuristicMs: 0,
    disconnectedLifetimes: 0,
    longestDisconnectedMs: 0,
  });
}

describe("an answer", () => {
  for (const [asked, purgedKey, expected] of [
    [999, "/a", true],
    [1_000, "/a", true],
    [1_001, "/a", false],
    [999, "/b", false],
  ] as const) {
    test(`asked for at ${asked} is ${expected ? "" : "not "}overtaken by a purge of ${purgedKey} at 1000`, () => {
      assert.equal(isOvertaken(answer(asked, 5_000), [purgeAt(1_000, purgedKey)], 5_000), expected);
    });
  }

  test("that was asked for before the clock was set back is overtaken by every purge of it", () => {
    assert.equal(isOvertaken(answer(5_000, 5_000), [purgeAt(1_000)], 1_500), true);
    assert.equal(isOvertaken(answer(5_000, 5_000), [purgeAt(1_000, "/b")], 1_500), false);
  });
});

describe("purges", () => {
  test("are remembered for a while", () => {
    assert.equal(withoutExpired([purgeAt(1_000)], 2_000, POLICY).length, 1);
    assert.equal(withoutExpired([purgeAt(1_000)], 2_001, POLICY).length, 0);
  });

  test("are not remembered for longer where the clock is set back", () => {
    assert.equal(withoutExpired([purgeAt(10_000)], 9_000, POLICY).length, 1);
    assert.equal(withoutExpired([purgeAt(10_000)], 8_999, POLICY).length, 0);
  });

  test("are remembered up to a number, the latest ones", () => {
    const recent = [1_000, 1_001, 1_002].reduce<readonly Purge[]>(
      (earlier, at) => rememberPurge(earlier, purgeAt(at), POLICY),
      [],
    );
    assert.deepEqual(
      recent.map(({ atWallMs }) => atWallMs),
      [1_001, 1_002],
    );
  });
});

describe("what is made stale", () => {
  test("is revalidated when next asked for", () => {
    const stale = madeStale(answer(1_000, 1_000), 6_000);
    assert.equal(decideServing(stale, 6_000).action, "revalidate");
  });

  test("may be used though stale for as long as if it had expired now", () => {
    const stale = madeStale(answer(1_000, 1_000, "max-age=60, stale-while-revalidate=5"), 6_000);
    assert.equal(decideServing(stale, 10_999).action, "serve-and-revalidate");
    assert.equal(decideServing(stale, 11_000).action, "revalidate");
  });

  test("is not made fresh where it was stale already, nor given longer", () => {
    const stored = answer(1_000, 1_000, "max-age=1, stale-while-revalidate=5");
    const stale = madeStale(stored, 6_000);
    assert.equal(decideServing(stale, 6_999).action, "serve-and-revalidate");
    assert.equal(decideServing(stale, 7_000).action, "revalidate");
  });

  for (const [course, purgedAtMs, askedAtMs] of [
    ["after the purge", 6_000, 2_000],
    ["before the purge", 500, 900],
  ] as const) {
    test(`stays stale where the clock is set back ${course}`, () => {
      const stale = madeStale(answer(1_000, 1_000), purgedAtMs);
      assert.equal(decideServing(stale, askedAtMs).action, "revalidate");
    });
  }
});
