import assert from "node:assert/strict";
import { test } from "node:test";
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

test("few audiences are watched: those asked for last", () => {
  const ranked: string[] = [];
  const watch = watchOrders({
    rank: ({ title }) => {
      ranked.push(title);
      return { failOpen: false, places: [] };
    },
    tell: () => {},
    maxAudiences: 2,
  });
  for (const path of ["/1", "/2", "/1", "/3"]) watch.noteAsked({ ...AUDIENCE, path });
  watch.look();
  assert.deepEqual(ranked.sort(), ["demo/1", "demo/3"]);
});
