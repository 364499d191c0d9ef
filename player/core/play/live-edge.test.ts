import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { readMediaPlaylist } from "../place/media-playlist.ts";
import { isAhead, judgeEdge, type LiveEdge, reachOf, standstillMs } from "./live-edge.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, staleAfterTargets: 1.5, staleLeastMs: 1_000 };
const list = (lines: string) =>
  readMediaPlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:9\n${lines}`);
const PLAYLIST = list("#EXTINF:2,\n9\n#EXTINF:2,\n10\n");
const EDGE: LiveEdge = {
  reach: { sequence: 10, parts: 0 },
  pathwayId: "a",
  sinceMs: 1_000,
  agreedMs: undefined,
};

describe("reachOf()", () => {
  test("the last segment, and the parts of the next", () => {
    assert.deepEqual(reachOf(PLAYLIST), { sequence: 10, parts: 0 });
    const parts = '#EXTINF:2,\n9\n#EXT-X-PART:DURATION=1,URI="p"\n';
    assert.deepEqual(reachOf(list(parts)), { sequence: 9, parts: 1 });
  });
  test("nothing where it has an end, or nothing in it", () => {
    assert.equal(reachOf(list("#EXTINF:2,\n9\n#EXT-X-ENDLIST\n")), undefined);
    assert.equal(reachOf(list("")), undefined);
  });
  test("a part more is further, and a segment more than any part", () => {
    assert.ok(isAhead({ sequence: 9, parts: 2 }, { sequence: 9, parts: 1 }));
    assert.ok(isAhead({ sequence: 10, parts: 0 }, { sequence: 9, parts: 7 }));
    assert.ok(!isAhead({ sequence: 9, parts: 1 }, { sequence: 9, parts: 1 }));
  });
});

describe("judgeEdge()", () => {
  for (const [what, sequence, pathwayId, nowMs, edge, verdict] of [
    ["a new segment", 11, "a", 90_000, EDGE, "moves"],
    ["nothing new for a moment", 10, "a", 3_999, EDGE, "waits"],
    ["nothing new for one and a half targets", 10, "a", 4_000, EDGE, "suspect"],
    ["a segment less", 9, "a", 1_100, EDGE, "waits"],
    ["two segments less", 8, "a", 1_100, EDGE, "suspect"],
    ["another pathway that is as far", 10, "b", 9_000, EDGE, "moves"],
    ["another pathway a segment behind", 9, "b", 9_000, EDGE, "moves"],
    ["another pathway far behind", 8, "b", 1_100, EDGE, "suspect"],
    ["what all were found to agree on", 10, "a", 5_999, { ...EDGE, agreedMs: 3_000 }, "waits"],
    ["the same some time later", 10, "a", 6_000, { ...EDGE, agreedMs: 3_000 }, "suspect"],
  ] as const) {
    test(`${what}: ${verdict}`, () => {
      const heard = { reach: { sequence, parts: 0 }, pathwayId, list: PLAYLIST };
      assert.equal(judgeEdge(edge, heard, POLICY, nowMs), verdict);
    });
  }
});

describe("standstillMs()", () => {
  const parts = (control: string) => list(`#EXT-X-PART-INF:PART-TARGET=0.5\n${control}`);
  test("one and a half target durations", () =>
    assert.equal(standstillMs(PLAYLIST, POLICY), 3_000));
  test("in low latency, three parts", () => assert.equal(standstillMs(parts(""), POLICY), 1_500));
  test("or the hold-back, where it is given", () =>
    assert.equal(standstillMs(parts("#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=2\n"), POLICY), 2_000));
  test("but no less than a second", () =>
    assert.equal(standstillMs(list("#EXT-X-PART-INF:PART-TARGET=0.2\n"), POLICY), 1_000));
});
