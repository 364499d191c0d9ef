import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NewEvent } from "../history/open-history.ts";
import { watchOrders } from "./watch-orders.ts";

const AUDIENCE = { source: "demo", path: "/vod/a.m3u8", region: "east" };

/** The letters are who comes first at each look. */
function eventsAfter(firsts: string): string[] {
  const told: NewEvent[] = [];
  let first = "";
  const watch = watchOrders({
    rank: () => ({
      failOpen: false,
      places: first === "-" ? [] : [{ id: first, reason: `${first} is best` }],
    }),
    tell: (event) => told.push(event),
    maxAudiences: 2,
  });
  for (const letter of firsts) {
    first = letter;
    watch.noteAsked(AUDIENCE);
    watch.look();
  }
  return told.map(({ subject, from, to, reason }) => `${subject}: ${from} → ${to}, ${reason}`);
}

test("the first order of an audience is no change", () => assert.deepEqual(eventsAfter("aaa"), []));
test("a change that lasts is told once, with its reason", () =>
  assert.deepEqual(eventsAfter("abbb"), ["demo/vod/a.m3u8 east: a → b, b is best"]));
test("one that has passed at the next look is not", () =>
  assert.deepEqual(eventsAfter("abaaba"), []));
test("neither is one between two rivals that take turns", () =>
  assert.deepEqual(eventsAfter("abcbc"), []));
test("a fleet that is empty for a moment changes nothing", () =>
  assert.deepEqual(eventsAfter("a-a"), []));

describe("few audiences are watched", () => {
  function openWatch() {
    const ranked: string[] = [];
    const watch = watchOrders({
      rank: ({ title }) => {
        ranked.push(title);
        return { failOpen: false, places: [] };
      },
      tell: () => {},
      maxAudiences: 2,
    });
    return {
      ask: (path: string) => watch.noteAsked({ ...AUDIENCE, path }),
      look: () => {
        ranked.length = 0;
        watch.look();
        return ranked.toSorted();
      },
    };
  }
  test("and a flood of others does not take their places", () => {
    const { ask, look } = openWatch();
    for (let turn = 0; turn < 10; turn += 1) {
      for (const path of ["/1", "/2"]) ask(path);
      for (let other = 0; other < 100; other += 1) ask(`/flood-${turn}-${other}`);
      assert.deepEqual(look(), ["demo/1", "demo/2"]);
    }
  });
  test("each for as long as it is asked for", () => {
    const { ask, look } = openWatch();
    for (const path of ["/1", "/2"]) ask(path);
    for (let turn = 0; turn < 4; turn += 1) {
      ask("/1");
      look();
    }
    ask("/3");
    assert.deepEqual(look(), ["demo/1", "demo/3"]);
  });
});
