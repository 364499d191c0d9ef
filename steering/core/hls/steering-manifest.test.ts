import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ViewerSession } from "../session/viewer-session.ts";
import { pathwayPriority, steeringManifest, ttlSeconds } from "./steering-manifest.ts";

const POLICY = { ttlSeconds: 20, hurriedTtlSeconds: 5, hurriedForMs: 10_000, jitterShare: 0.1 };
const ANONYMOUS: ViewerSession = { kind: "anonymous", id: "s" };
const playing = (pathways: string): ViewerSession => ({
  kind: "play",
  id: "s",
  source: "demo",
  path: "/x.m3u8",
  region: undefined,
  pathways: Array.from(pathways),
});

/** `ranked` are known, in order; those in `bad` are down. */
function priority(
  session: ViewerSession,
  ranked: string,
  more: { bad?: string; current?: string; isSettling?: boolean } = {},
): string {
  return pathwayPriority({
    session,
    places: Array.from(ranked, (id) => ({ id, reason: "" })),
    nodes: Array.from(ranked, (id) => ({
      id,
      region: "east",
      state: more.bad?.includes(id) ? "down" : "up",
      isBusy: false,
    })),
    current: more.current,
    isSettling: more.isSettling ?? false,
  }).join("");
}

describe("pathwayPriority()", () => {
  test("is the ranking, of what the session's playlist lists", () =>
    assert.equal(priority(playing("abc"), "cxba"), "cba"));
  test("keeps at the end what steering has forgotten", () =>
    assert.equal(priority(playing("abc"), "c"), "cab"));
  test("names the session's pathways when it knows none of them", () =>
    assert.equal(priority(playing("ab"), "xy"), "ab"));
  test("names everyone to a viewer without a session", () =>
    assert.equal(priority(ANONYMOUS, "cab"), "cab"));
  test("leaves a viewer without a session where it is while nobody is known", () => {
    assert.equal(priority(ANONYMOUS, "", { current: "q" }), "q");
    assert.equal(priority(ANONYMOUS, ""), ".");
  });
  test("just after a start, unknown is not bad", () => {
    assert.equal(priority(playing("abc"), "c", { isSettling: true }), "abc");
    assert.equal(priority(playing("abc"), "ca", { isSettling: true, bad: "a" }), "bca");
    assert.equal(priority(ANONYMOUS, "ab", { isSettling: true, current: "q" }), "qab");
  });

  test("never loses nor repeats a pathway of the session", () => {
    const ids = fc.uniqueArray(fc.constantFrom(..."abcdef"), { minLength: 1 });
    fc.assert(
      fc.property(ids, ids, fc.boolean(), (listed, ranked, isSettling) => {
        const result = priority(playing(listed.join("")), ranked.join(""), { isSettling });
        assert.deepEqual(Array.from(result).sort(), listed.sort());
      }),
    );
  });
});

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

test("the manifest says VERSION 1", () =>
  assert.deepEqual(steeringManifest({ ttlSeconds: 2, reloadUri: "http://s", priority: ["a"] }), {
    VERSION: 1,
    TTL: 2,
    "RELOAD-URI": "http://s",
    "PATHWAY-PRIORITY": ["a"],
  }));
