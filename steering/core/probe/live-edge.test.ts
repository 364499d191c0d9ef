import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  judgeLiveList,
  type LiveEdge,
  observeNodeList,
  observeSource,
  readLiveLook,
  UNSEEN,
} from "./live-edge.ts";

const POLICY = { staleAfterTargets: 0.5, aheadSegments: 2 };
const look = (lastSequence: number) => ({ lastSequence, targetDurationMs: 2_000, isEnded: false });

/** The source has published 10, 11, … one every two seconds from 1 ms on. */
const publishedUpTo = (last: number): LiveEdge => {
  let edge = UNSEEN;
  for (let sequence = 10; sequence <= last; sequence += 1) {
    edge = observeSource(edge, look(sequence), 1 + (sequence - 10) * 2_000);
  }
  return edge;
};
const verdict = (edge: LiveEdge, lastSequence: number, nowMs: number) =>
  judgeLiveList(edge, look(lastSequence), POLICY, nowMs).reason;

describe("judgeLiveList()", () => {
  test("a list that ends where the source's does is current", () =>
    assert.equal(verdict(publishedUpTo(12), 12, 4_001), "current"));
  test("one that lacks the newest segment for no longer than its patience is current", () =>
    assert.equal(verdict(publishedUpTo(12), 11, 5_001), "current"));
  test("one that lacks it for longer is stale", () =>
    assert.equal(verdict(publishedUpTo(12), 11, 5_002), "stale-playlist"));
  test("it is the first missing segment that counts, not the newest", () =>
    assert.equal(verdict(publishedUpTo(13), 11, 6_001), "stale-playlist"));
  test("one that runs a little ahead of the last look at the source is current", () =>
    assert.equal(verdict(publishedUpTo(12), 14, 4_001), "current"));
  test("one that lists what cannot be there yet is ahead", () =>
    assert.equal(verdict(publishedUpTo(12), 15, 4_001), "playlist-ahead"));
  test("a stream that has ended is never stale", () => {
    const ended = { ...look(3), isEnded: true };
    assert.equal(judgeLiveList(publishedUpTo(12), ended, POLICY, 99_999).ok, true);
  });
  test("nothing published, nothing to compare with", () =>
    assert.equal(verdict(UNSEEN, 3, 99_999), "current"));
  test("a channel that begins its count anew is not stale for ever", () => {
    const anew = observeSource(publishedUpTo(40), look(1), 100_000);
    assert.equal(verdict(anew, 1, 100_001), "current");
  });
});

describe("a source that steps back by a few segments", () => {
  /** From 20 to 17, at 30 s, and on from there, one every two seconds. */
  const upTo = (last: number): LiveEdge => {
    let edge = publishedUpTo(20);
    for (let sequence = 17; sequence <= last; sequence += 1) {
      edge = observeSource(edge, look(sequence), 30_000 + (sequence - 17) * 2_000);
    }
    return edge;
  };

  test("makes nobody late who is level with it, nor ahead who is where it was", () => {
    assert.equal(verdict(upTo(17), 17, 31_999), "current");
    assert.equal(verdict(upTo(17), 20, 31_999), "current");
  });
  test("gives a node that is one behind it the usual patience, again and again", () => {
    assert.equal(verdict(upTo(17), 16, 31_000), "current");
    assert.equal(verdict(upTo(17), 16, 31_001), "stale-playlist");
    assert.equal(verdict(upTo(18), 17, 33_000), "current");
    assert.equal(verdict(upTo(18), 17, 33_001), "stale-playlist");
    assert.equal(verdict(upTo(21), 20, 39_000), "current");
  });
  test("and then once more makes nobody late who is level with it", () => {
    const again = observeSource(upTo(18), look(15), 40_000);
    assert.equal(verdict(again, 15, 60_000), "current");
    assert.equal(verdict(again, 14, 41_000), "current");
    assert.equal(verdict(again, 14, 41_001), "stale-playlist");
  });
  test("excuses no node that had stopped before", () =>
    assert.equal(verdict(upTo(17), 14, 30_001), "stale-playlist"));
  test("and forth, as behind a load balancer, hides none either that is two behind", () => {
    let edge = publishedUpTo(12);
    for (let turn = 0; turn < 8; turn += 1) {
      edge = observeSource(edge, look(12 - (turn % 2)), 4_001 + turn * 500);
      assert.equal(verdict(edge, 9, 4_001 + turn * 500), "stale-playlist");
    }
  });
});

test("a source that nodes are ahead of for a moment gives nobody more patience", () => {
  let edge = publishedUpTo(12);
  for (const by of ["a", "b"]) edge = observeNodeList(edge, { look: look(13), by }, 6_001);
  edge = observeSource(edge, look(12), 6_100);
  assert.equal(verdict(edge, 12, 9_000), "current");
  assert.equal(verdict(edge, 11, 6_100), "stale-playlist");
});

describe("where the source cannot be asked", () => {
  const seen = (by: string, lastSequence: number, edge: LiveEdge, nowMs: number) =>
    observeNodeList(edge, { look: look(lastSequence), by }, nowMs);

  test("what one node lists makes no other look late", () => {
    const edge = seen("a", 99, seen("a", 98, UNSEEN, 1), 2_001);
    assert.equal(verdict(edge, 12, 60_000), "current");
  });
  test("what two list is published", () => {
    const edge = seen("b", 20, seen("a", 20, UNSEEN, 1), 2);
    assert.equal(verdict(edge, 19, 1_003), "stale-playlist");
    assert.equal(verdict(edge, 20, 1_003), "current");
  });
  test("one that runs ahead publishes no more than a second one confirms", () => {
    const edge = seen("b", 12, seen("a", 99, UNSEEN, 1), 2);
    assert.deepEqual(
      edge.published.map(({ sequence }) => sequence),
      [12],
    );
    assert.equal(verdict(edge, 99, 3), "playlist-ahead");
  });
});

describe("readLiveLook()", () => {
  const head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n";
  test("finds the last sequence number", () =>
    assert.deepEqual(readLiveLook(`${head}#EXTINF:2,\na\n#EXTINF:2,\nb\n`), look(8)));
  test("sees the end of a stream", () =>
    assert.equal(readLiveLook(`${head}#EXTINF:2,\na\n#EXT-X-ENDLIST\n`)?.isEnded, true));
  for (const [what, text] of [
    ["no segment", head],
    ["no target duration", "#EXTM3U\n#EXTINF:2,\na\n"],
    ["an absurd sequence", `${head.replace(":7", ":1e400")}#EXTINF:2,\na\n`],
    ["a web page", "<html>"],
  ] as const) {
    test(`is undefined for ${what}`, () => assert.equal(readLiveLook(text), undefined));
  }
});

test("whatever is seen, memory is bounded and a node level with the source is current", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ by: fc.constantFrom("source", "a", "b", "c"), sequence: fc.nat({ max: 60 }) }),
      ),
      (sightings) => {
        let edge = UNSEEN;
        sightings.forEach(({ by, sequence }, index) => {
          const nowMs = 1 + index * 500;
          edge =
            by === "source"
              ? observeSource(edge, look(sequence), nowMs)
              : observeNodeList(edge, { look: look(sequence), by }, nowMs);
        });
        assert.ok(edge.published.length <= 16);
        const newest = edge.published.at(-1)?.sequence;
        if (newest !== undefined) assert.equal(verdict(edge, newest, 1e9), "current");
      },
    ),
  ));
