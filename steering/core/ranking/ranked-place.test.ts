import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, anyViewer, equalNodes, NEWCOMER, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { noteArrival } from "./compiled-fleet.ts";
import { comparePlaces, compareSpots, insertPlace, RankedPlace } from "./ranked-place.ts";
import { standpointOf } from "./standpoint.ts";

const somePlaces = fc.tuple(anyFleet(20), anyViewer()).map(([nodes, viewer]) => {
  const standpoint = standpointOf(compileFleet(nodes, STRICT_POLICY), viewer);
  return nodes.map((_, node) => new RankedPlace(standpoint, node));
});

describe("RankedPlace", () => {
  test("is put into words when it is read, and stands as it was judged", () => {
    const fleet = compileFleet(equalNodes(2, { viewers: 3 }), STRICT_POLICY);
    const place = new RankedPlace(standpointOf(fleet, NEWCOMER), 0);
    assert.equal(place.id, "node-0");
    for (let at = 0; at < 9; at += 1) noteArrival(fleet, { from: undefined, to: "node-0" });
    assert.equal(place.band, 0);
    assert.match(place.reason, /^up, own region/);
  });
});

describe("comparePlaces()", () => {
  test("orders any places in one way", () =>
    fc.assert(
      fc.property(somePlaces, (places) => {
        const sorted = places.toSorted(comparePlaces);
        for (const [at, place] of sorted.entries()) {
          for (const later of sorted.slice(at + 1)) {
            assert.ok(comparePlaces(place, later) < 0);
            assert.ok(comparePlaces(later, place) > 0);
          }
        }
      }),
    ));
  test("a better band beats any score", () =>
    fc.assert(
      fc.property(somePlaces, (places) => {
        const bands = places.toSorted(comparePlaces).map(({ band }) => band);
        assert.deepEqual(bands, bands.toSorted());
      }),
    ));
});

test("equals stand in an order of the title's own", () => {
  const fleet = compileFleet(equalNodes(30), STRICT_POLICY);
  const firstFor = (title: string) => {
    const standpoint = standpointOf(fleet, { ...NEWCOMER, title });
    return Array.from({ length: 30 }, (_, node) => node).sort((a, b) =>
      compareSpots(standpoint, a, b),
    )[0];
  };
  const firsts = new Set(Array.from({ length: 200 }, (_, at) => firstFor(`/vod/${at}`)));
  assert.ok(firsts.size > 15, `${firsts.size} of 30`);
});

test("insertPlace() keeps places sorted", () =>
  fc.assert(
    fc.property(somePlaces, (places) => {
      const inserted: RankedPlace[] = [];
      for (const place of places) insertPlace(inserted, place);
      assert.deepEqual(
        inserted.map(({ id }) => id),
        places.toSorted(comparePlaces).map(({ id }) => id),
      );
    }),
  ));
