import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AdmissionDecision } from "./admission/admission.ts";
import { decidePlacing } from "./decide-placing.ts";
import { describeAnswer } from "./stored-metadata.ts";

const POLICY = {
  notFoundFreshForMs: 1_000,
  longestAbsentMs: 60_000,
  longestErrorMs: 1_000,
  heuristicRatio: 0.1,
  longestHeuristicMs: 60_000,
  longestPlaylistHeuristicMs: 0,
  disconnectedLifetimes: 2,
  longestDisconnectedMs: 60_000,
};

const ADMITTED: AdmissionDecision = { action: "admit", reason: "always" };
const REFUSED: AdmissionDecision = { action: "refuse", reason: "first-request" };

function metadataOf(key: string, status: number, maxAgeSeconds: number) {
  const answer = {
    status,
    fields: { "cache-control": `max-age=${maxAgeSeconds}` },
    requestedAtWallMs: 1,
    arrivedAtWallMs: 1,
  };
  return describeAnswer(key, answer, 1, POLICY);
}

describe("decidePlacing()", () => {
  for (const [key, status, maxAgeSeconds, expected] of [
    ["/a.m4s", 200, 60, "ram-and-disk lasting"],
    ["/a.m4s", 200, 0, "ram-and-disk lasting"],
    ["/vod.m3u8", 200, 60, "ram-and-disk lasting"],
    ["/live.m3u8", 200, 2, "ram-only live-playlist"],
    ["/a.m4s", 404, 60, "ram-only not-found"],
    ["/a.m4s", 410, 60, "ram-only not-found"],
  ] as const) {
    test(`${status} ${key}, fresh for ${maxAgeSeconds} s: ${expected}`, () => {
      const metadata = metadataOf(key, status, maxAgeSeconds);
      const placing = decidePlacing({ metadata, isOnDisk: false, admit: () => ADMITTED });
      assert.equal(`${placing.action} ${placing.reason}`, expected);
    });
  }

  test("leaves out what is not admitted, and says why", () =>
    assert.deepEqual(
      decidePlacing({
        metadata: metadataOf("/a.m4s", 200, 60),
        isOnDisk: false,
        admit: () => REFUSED,
      }),
      { action: "ram-only", reason: "first-request" },
    ));
  test("asks nobody about an object of which an earlier version is there", () =>
    assert.deepEqual(
      decidePlacing({
        metadata: metadataOf("/a.m4s", 200, 60),
        isOnDisk: true,
        admit: () => assert.fail("asked"),
      }),
      { action: "ram-and-disk", reason: "there-already" },
    ));
});
