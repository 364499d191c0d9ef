import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forecastUse } from "./forecast-use.ts";
import { INTERVAL_POLICY } from "./interval-index.ts";
import { WatchedTitles } from "./watched-titles.ts";

const { forecast: policy } = INTERVAL_POLICY;
const SEGMENT_MS = 6_000;

/** Titles in which whoever is named has read up to a segment, in real time; ends at `nowMs`. */
function watched(viewers: Readonly<Record<string, readonly number[]>>) {
  const titles = new WatchedTitles(INTERVAL_POLICY.titles, 1);
  const nowMs = 1_000 * SEGMENT_MS;
  for (const [sequence, reached] of Object.entries(viewers)) {
    for (const last of reached) {
      for (let number = 1; number <= last; number += 1) {
        const atMs = nowMs - (last - number) * SEGMENT_MS;
        titles.observe(titles.renditionOf(sequence, atMs), number, atMs);
      }
    }
  }
  const wanted = (sequence: string, number: number, isLive = false, afterMs = 0) => {
    const rendition = titles.renditionOf(sequence, nowMs);
    return forecastUse({ rendition, number, isLive }, { titles, policy, nowMs: nowMs + afterMs });
  };
  return { titles, wanted };
}

const TRAM = "/vod/tram/v1/*.m4s";
const TRAM_LOW = "/vod/tram/v0/*.m4s";
const WHALE = "/vod/whale/v1/*.m4s";

describe("forecastUse()", () => {
  test("what a viewer will reach is wanted more than what all have passed", () => {
    const { wanted } = watched({ [TRAM]: [50] });
    assert.ok(wanted(TRAM, 51) > 5 * wanted(TRAM, 40));
  });

  test("the nearer, the more", () => {
    const { wanted } = watched({ [TRAM]: [50] });
    const wishes = [51, 53, 60, 90, 200].map((number) => wanted(TRAM, number));
    assert.deepEqual(
      wishes,
      [...wishes].sort((one, two) => two - one),
    );
  });

  test("two who are coming count for more than one", () => {
    const one = watched({ [TRAM]: [50] });
    const two = watched({ [TRAM]: [50, 48] });
    assert.ok(two.wanted(TRAM, 55) > one.wanted(TRAM, 55));
  });

  test("a rendition that the viewer may move to is wanted too, and less", () => {
    const { wanted } = watched({ [TRAM]: [50], [TRAM_LOW]: [1], [WHALE]: [50] });
    assert.ok(wanted(TRAM_LOW, 52) < wanted(TRAM, 52));
    assert.ok(wanted(TRAM_LOW, 90) > wanted("/vod/nobody/v0/*.m4s", 90));
  });

  test("who stops reading is not waited for", () => {
    const { wanted } = watched({ [TRAM]: [50] });
    const whileWaitedFor = wanted(TRAM, 55, false, 30_000);
    assert.ok(wanted(TRAM, 55, false, 61_000) < whileWaitedFor / 5);
  });

  test("the beginning of a title is wanted more than its end, where nobody watches", () => {
    const { wanted } = watched({ [TRAM]: [50] });
    const laterMs = 120_000;
    assert.ok(wanted(TRAM, 2, false, laterMs) > wanted(TRAM, 49, false, laterMs));
  });

  test("a popular title is wanted more than another, where nobody watches", () => {
    const { wanted } = watched({ [TRAM]: [50, 47, 44, 41], [WHALE]: [50] });
    const laterMs = 120_000;
    assert.ok(wanted(TRAM, 20, false, laterMs) > 2 * wanted(WHALE, 20, false, laterMs));
  });

  test("behind the last viewer of a live channel nothing is wanted, but where newcomers begin", () => {
    const { wanted } = watched({ "/live/one/v1/*.m4s": [50] });
    assert.equal(wanted("/live/one/v1/*.m4s", 30, true), 0);
    assert.ok(wanted("/live/one/v1/*.m4s", 45, true) > 0);
  });
});
