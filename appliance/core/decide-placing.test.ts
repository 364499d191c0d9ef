import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decidePlacing } from "./decide-placing.ts";
import { describeAnswer } from "./stored-metadata.ts";

const POLICY = {
  notFoundFreshForMs: 1_000,
  disconnectedLifetimes: 2,
  longestDisconnectedMs: 60_000,
};

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
      const answer = {
        status,
        fields: { "cache-control": `max-age=${maxAgeSeconds}` },
        requestedAtWallMs: 1,
        arrivedAtWallMs: 1,
      };
      const { action, reason } = decidePlacing(describeAnswer(key, answer, 1, POLICY));
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
