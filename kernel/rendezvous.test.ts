import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rankByRendezvous } from "./rendezvous.ts";

const rank = (key: string, nodes: readonly string[]) =>
  rankByRendezvous(key, nodes, (name) => name);
const someNodes = fc.uniqueArray(fc.webUrl(), { minLength: 1, maxLength: 8 });

describe("rankByRendezvous()", () => {
  test("names every node once, in the same order however they are listed", () =>
    fc.assert(
      fc.property(someNodes, fc.string(), (nodes, key) => {
        const ranked = rank(key, nodes);
        assert.deepEqual(ranked.toSorted(), nodes.toSorted());
        assert.deepEqual(rank(key, nodes.toReversed()), ranked);
      }),
    ));

  test("a node that goes changes nothing but its own place", () =>
    fc.assert(
      fc.property(someNodes, fc.nat(), fc.string(), (nodes, which, key) => {
        const gone = nodes[which % nodes.length];
        const expected = rank(key, nodes).filter((node) => node !== gone);
        const left = nodes.filter((node) => node !== gone);
        assert.deepEqual(rank(key, left), expected);
      }),
    ));

  const shields = Array.from({ length: 5 }, (_, at) => `http://shield-${at}.test`);
  const keys = Array.from({ length: 10_000 }, (_, at) => `/vod/title-${at % 40}/segment-${at}.m4s`);

  test("homes are spread evenly", () => {
    for (const count of countsOf(keys.map((key) => rank(key, shields)[0])))
      assert.ok(count > 1_800 && count < 2_200, `${count} of 2000`);
  });

  test("the keys of a node that goes are spread evenly over the others", () => {
    const [gone = ""] = shields;
    const orphans = keys.filter((key) => rank(key, shields)[0] === gone);
    const fair = orphans.length / 4;
    for (const count of countsOf(orphans.map((key) => rank(key, shields)[1])))
      assert.ok(count > 0.8 * fair && count < 1.2 * fair, `${count} of ${fair}`);
  });
});

function countsOf(names: readonly (string | undefined)[]): number[] {
  return [...Map.groupBy(names, (name) => name).values()].map((group) => group.length);
}
