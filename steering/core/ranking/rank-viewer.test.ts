import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anyFleet, anyViewer, STRICT_POLICY } from "./any-fleet.rig.ts";
import { compileFleet } from "./compile-fleet.ts";
import { rankViewer } from "./rank-viewer.ts";
import { rankWhole } from "./rank-whole.ts";

const idsOf = (places: readonly { readonly id: string }[]) => places.map(({ id }) => id);

describe("rankViewer()", () => {
  test("names its nodes in the order in which the whole ranking has them, the first ones without a gap", () =>
    fc.assert(
      fc.property(anyFleet(200), anyViewer(), (nodes, viewer) => {
        const fleet = compileFleet(nodes, STRICT_POLICY);
        const whole = idsOf(rankWhole(fleet, viewer).places);
        const short = idsOf(rankViewer(fleet, viewer).places);
        assert.deepEqual(
          short,
          whole.filter((id) => short.includes(id)),
        );
        const first = Math.min(nodes.length, 3);
        assert.deepEqual(short.slice(0, first), whole.slice(0, first));
      }),
      { numRuns: 1000 },
    ));
});
