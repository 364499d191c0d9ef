import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NEWCOMER, nodesOf, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { RankedPlace } from "./ranked-place.ts";
import { crowdedRegion, regionOf, spreadOverRegions } from "./spread-places.ts";
import { standpointOf } from "./standpoint.ts";

/** In the order of the marks, which are to be in the order of the alphabet. */
function placesOf(marks: string): RankedPlace[] {
  const nodes = nodesOf(marks);
  const standpoint = standpointOf(compileFleet(nodes, STRICT_POLICY), NEWCOMER);
  return nodes.map((_, node) => new RankedPlace(standpoint, node));
}
const spread = (marks: string) =>
  spreadOverRegions(placesOf(marks))
    .map(({ id }) => id)
    .join("");

describe("spreadOverRegions()", () => {
  const CASES: readonly (readonly [marks: string, expected: string])[] = [
    ["a:east:U b:east:U c:east:U d:west:U e:west:U", "abdce"],
    ["a:east:U b:west:U c:east:U d:west:U", "abcd"],
    ["a:east:U b:east:U c:west:U d:north:U", "abcd"],
    ["a:east:U b:east:U c:east:U d:west:D", "abcd"],
    ["a:east:U b:east:D c:east:D d:west:D", "abdc"],
    ["a:east:U b:east:U c:east:U", "abc"],
    ["a:east:U b:east:U", "ab"],
    ["a:east:U", "a"],
  ];
  for (const [marks, expected] of CASES) {
    test(`${marks} → ${expected}`, () => assert.equal(spread(marks), expected));
  }
  test("says of whom it moved that it did", () => {
    const places = spreadOverRegions(placesOf("a:east:U b:east:U c:east:U d:west:U"));
    assert.deepEqual(
      places.map(({ isSpread }) => isSpread),
      [false, false, true, false],
    );
    assert.match(places[2]?.reason ?? "", /, third for another region$/);
  });
});

test("crowdedRegion() is the region of the first three, if it is one", () => {
  const crowded = placesOf("a:east:U b:west:U c:west:U d:west:U e:east:U");
  assert.equal(crowdedRegion(crowded), undefined);
  assert.equal(crowdedRegion(crowded.slice(1)), 1);
  assert.equal(crowdedRegion(crowded.slice(2)), undefined);
  assert.equal(crowdedRegion(crowded.slice(3)), undefined);
  assert.deepEqual(crowded.map(regionOf), [0, 1, 1, 1, 0]);
});
