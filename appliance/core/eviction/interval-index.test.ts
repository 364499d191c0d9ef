import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { newIntervalIndex } from "./interval-index.ts";
import { newLruIndex } from "./lru-index.ts";
import { objectTraitsOf } from "./object-traits.ts";
import { countMisses, drawRequests } from "./policy-replay.rig.ts";

const SEGMENT_MS = 6_000;

/** A cache for `limit` segments of one byte, and viewers who read them. */
function openCache(limit: number, newIndex = newIntervalIndex) {
  let nowMs = 1;
  const index = newIndex<true>({
    limitBytes: limit,
    onRemoved: () => {},
    now: () => nowMs,
    random: seededRandom("viewers"),
  });
  const set = (key: string) => index.set(key, true, 1, objectTraitsOf({ key }));
  const read = (key: string) => {
    const isHit = index.get(key) !== undefined;
    if (!isHit) set(key);
    return isHit;
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const holds = (key: string) => index.peek(key) !== undefined;
  return { index, set, read, pass, holds };
}

const segment = (title: string, number: number) => `/vod/${title}/v1/segment-${number}.m4s`;

describe("newIntervalIndex()", () => {
  test("keeps for a viewer what another has read before, where LRU keeps what nobody wants", () => {
    const hits = [newIntervalIndex, newLruIndex].map((newIndex) => {
      const { read, pass } = openCache(40, newIndex);
      let followerHits = 0;
      for (let step = 1; step <= 300; step += 1) {
        pass(SEGMENT_MS);
        read(segment("pair", step));
        // Three who watch something else alone, and one who follows twenty segments behind.
        for (const loner of ["x", "y", "z"]) read(segment(loner, step));
        if (step > 20 && read(segment("pair", step - 20))) followerHits += 1;
      }
      return followerHits;
    });
    const [interval = 0, lru = 0] = hits;
    assert.ok(interval > 220, `${interval} of 280`);
    assert.equal(lru, 0);
  });

  test("keeps the init segment of what is watched", () => {
    const { read, pass, holds } = openCache(20);
    read("/vod/film/v1/init.mp4");
    for (let step = 1; step <= 200; step += 1) {
      pass(SEGMENT_MS);
      read(segment("film", step));
      read(segment("other", step));
    }
    assert.equal(holds("/vod/film/v1/init.mp4"), true);
  });

  test("lets old live segments go before those at the edge", () => {
    const { read, pass, holds } = openCache(30);
    for (let number = 1; number <= 100; number += 1) {
      pass(SEGMENT_MS);
      read(`/live/one/v1/segment-${number}.m4s`);
    }
    for (let number = 97; number <= 100; number += 1) {
      assert.equal(holds(`/live/one/v1/segment-${number}.m4s`), true, `${number} is gone`);
    }
  });

  test("what is put in without having been asked for is nobody's read", () => {
    const asked = openCache(1_000);
    const recovered = openCache(1_000);
    for (const { set } of [asked, recovered]) {
      for (let number = 51; number <= 60; number += 1) set(segment("film", number));
    }
    for (let number = 1; number <= 50; number += 1) {
      asked.read(segment("film", number));
      recovered.set(segment("film", number));
      for (const { pass } of [asked, recovered]) pass(SEGMENT_MS);
    }
    for (const { index } of [asked, recovered]) while (index.size > 20) index.evict();
    const ahead = ({ holds }: typeof asked) =>
      Array.from({ length: 10 }, (_, at) => holds(segment("film", 51 + at))).filter(Boolean).length;
    assert.ok(ahead(asked) >= 9, `${ahead(asked)} of what a viewer is about to reach`);
    assert.ok(ahead(recovered) < 9, `${ahead(recovered)} of what nobody is coming for`);
  });

  test("is not much worse than LRU with what it cannot foresee", () => {
    const requests = drawRequests("one", 8_000);
    const interval = countMisses(newIntervalIndex, 40, requests);
    const lru = countMisses(newLruIndex, 40, requests);
    assert.ok(interval < lru * 1.05, `${interval} misses, LRU ${lru}`);
  });

  test("segments that nobody reads in order are held by use", () => {
    const random = seededRandom("shuffled");
    const { read, pass, holds } = openCache(50);
    for (let step = 0; step < 3_000; step += 1) {
      pass(1_000);
      read(segment("shuffled", 10 * Math.floor(random() * 1_000)));
      read(segment("shuffled", 7));
    }
    assert.equal(holds(segment("shuffled", 7)), true);
  });
});
