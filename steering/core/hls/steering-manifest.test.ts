import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ttlSeconds, writeSteeringManifest } from "./steering-manifest.ts";

const POLICY = {
  ttlSeconds: 20,
  hurriedTtlSeconds: 5,
  hurriedForMs: 10_000,
  jitterShare: 0.1,
  clonesAmongFirst: 3,
};

describe("ttlSeconds()", () => {
  const ttl = (lastChangeAtMs: number | undefined, draw = 0.5, policy = POLICY) =>
    ttlSeconds({ lastChangeAtMs, nowMs: 20_000 }, policy, () => draw);

  test("is the ordinary one while nothing happens", () => {
    assert.equal(ttl(undefined), 20);
    assert.equal(ttl(10_000), 20);
  });
  test("is short for ten seconds after a change", () => assert.equal(ttl(10_001), 5));
  test("is jittered by a tenth either way", () => {
    assert.equal(ttl(undefined, 0), 18);
    assert.equal(ttl(undefined, 0.999), 22);
  });
  test("is a whole number of at least 1, whatever the policy", () => {
    const tiny = { ...POLICY, ttlSeconds: 0.1 };
    assert.equal(ttl(undefined, 0, tiny), 1);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (draw) =>
        assert.ok(Number.isInteger(ttl(19_999, draw)) && ttl(19_999, draw) >= 1),
      ),
    );
  });
});

describe("writeSteeringManifest()", () => {
  const written = (more: { reloadUri?: string; priority?: string[]; clones?: string[] } = {}) =>
    JSON.parse(
      writeSteeringManifest({
        ttlSeconds: 2,
        reloadUri: "http://s",
        priority: ["a"],
        clones: [],
        ...more,
      }),
    ) as Record<string, unknown>;

  test("says VERSION 1", () =>
    assert.deepEqual(written(), {
      VERSION: 1,
      TTL: 2,
      "RELOAD-URI": "http://s",
      "PATHWAY-PRIORITY": ["a"],
    }));
  test("has the clones, if any: an empty list is no valid manifest", () => {
    assert.deepEqual(written({ clones: ['{"ID":"x"}', '{"ID":"y"}'] })["PATHWAY-CLONES"], [
      { ID: "x" },
      { ID: "y" },
    ]);
    assert.equal("PATHWAY-CLONES" in written(), false);
  });
  test("is JSON whatever is in it", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.string()), (reloadUri, priority) => {
        const manifest = written({ reloadUri, priority });
        assert.equal(manifest["RELOAD-URI"], reloadUri);
        assert.deepEqual(manifest["PATHWAY-PRIORITY"], priority);
      }),
    ));
});
