import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PurgeRequest } from "../contract/purge.ts";
import { isMeant, type PurgeTarget, readPurgeTargets } from "./purge-target.ts";

function targetsOf(request: Parameters<typeof readPurgeTargets>[0]): readonly PurgeTarget[] {
  const reading = readPurgeTargets(request);
  assert.ok(reading.ok);
  return reading.targets;
}

describe("what is to be purged", () => {
  const readings: readonly (readonly [PurgeRequest, PurgeTarget])[] = [
    [{ path: "/a" }, { kind: "key", key: "/a" }],
    [{ path: "/a?b=c" }, { kind: "key", key: "/a?b=c" }],
    [{ path: "/a?CMCD=x&b=c" }, { kind: "key", key: "/a?b=c" }],
    [{ url: "https://viewers.example:8443/a%20b" }, { kind: "key", key: "/a%20b" }],
    [{ url: "/a" }, { kind: "key", key: "/a" }],
    [{ prefix: "/vod/tears" }, { kind: "prefix", prefix: "/vod/tears" }],
    [{ tag: "title 1" }, { kind: "tag", tag: "title 1" }],
  ];
  for (const [request, target] of readings) {
    test(`${JSON.stringify(request)} is ${JSON.stringify(target)}`, () => {
      assert.deepEqual(targetsOf(request), [target]);
    });
  }

  test("a list names several of one kind", () => {
    assert.deepEqual(targetsOf({ tag: ["a", "b"] }), [
      { kind: "tag", tag: "a" },
      { kind: "tag", tag: "b" },
    ]);
  });

  const refusals: readonly (readonly [PurgeRequest, RegExp])[] = [
    [{}, /exactly one/],
    [{ soft: true }, /exactly one/],
    [{ path: "/a", tag: "b" }, /exactly one/],
    [{ path: "a" }, /not-origin-form/],
    [{ path: "/../a" }, /dot-segment/],
    [{ path: ["/a", "/b/../c"] }, /dot-segment/],
    [{ url: "https://viewers.example" }, /not-origin-form/],
    [{ url: "ftp://viewers.example/a" }, /not-origin-form/],
    [{ prefix: "vod" }, /slash/],
    [{ prefix: "/a b" }, /space/],
    [{ tag: "a,b" }, /comma/],
    [{ tag: " a" }, /space/],
  ];
  for (const [request, reason] of refusals) {
    test(`${JSON.stringify(request)} is refused`, () => {
      const reading = readPurgeTargets(request);
      assert.ok(!reading.ok);
      assert.match(reading.reason, reason);
    });
  }
});

describe("a stored object", () => {
  const object = { key: "/vod/a.mp4?v=1", fields: { "surrogate-key": "title-1 vod" } };
  const slice = { key: "/vod/a.mp4?v=1 slice x.3", fields: object.fields };
  const verdicts: readonly (readonly [PurgeRequest, typeof object, boolean])[] = [
    [{ path: "/vod/a.mp4?v=1" }, object, true],
    [{ path: "/vod/a.mp4?v=1" }, slice, true],
    [{ path: "/vod/a.mp4" }, object, false],
    [{ path: ["/x", "/vod/a.mp4?v=1"] }, slice, true],
    [{ prefix: "/vod/" }, slice, true],
    [{ prefix: "/vod/a.mp4" }, object, true],
    [{ prefix: "/live/" }, object, false],
    [{ tag: "title-1" }, slice, true],
    [{ tag: "title" }, object, false],
  ];
  for (const [request, stored, expected] of verdicts) {
    const verdict = expected ? "is" : "is not";
    test(`${stored.key} ${verdict} meant by ${JSON.stringify(request)}`, () => {
      assert.equal(isMeant(stored, targetsOf(request)), expected);
    });
  }
});
