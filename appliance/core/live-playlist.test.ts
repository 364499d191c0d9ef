import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isLivePlaylist } from "./live-playlist.ts";
import type { StoredMetadata } from "./stored-metadata.ts";

function stored(key: string, contentType: string | undefined, freshForMs: number): StoredMetadata {
  return {
    key,
    status: 200,
    fields: contentType === undefined ? {} : { "content-type": contentType },
    sizeBytes: 1,
    arrivedAtWallMs: 1,
    initialAgeMs: 0,
    answeredInMs: 0,
    freshForMs,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
    staleIfDisconnectedMs: 0,
  };
}

describe("isLivePlaylist()", () => {
  for (const [key, contentType, freshForMs, expected] of [
    ["/live", "application/vnd.apple.mpegurl", 0, true],
    ["/live", "Application/X-MpegURL; charset=utf-8", 2_000, true],
    ["/live", "audio/mpegurl", 2_000, true],
    ["/live", "application/dash+xml", 2_000, true],
    ["/live/index.m3u8", "text/plain", 1_000, true],
    ["/live/index.m3u8?part=3", undefined, 10_000, true],
    ["/live/index.mpd", undefined, 10_000, true],
    ['/live/index.mpd vary [["accept-language","en"]]', undefined, 10_000, true],
    ["/vod/index.m3u8", "application/vnd.apple.mpegurl", 10_001, false],
    ["/live/segment.m4s", "video/mp4", 0, false],
    ["/api/now", "application/json", 1_000, false],
    ["/index.m3u8.html", "text/html", 0, false],
  ] as const) {
    test(`${key} as ${contentType}, fresh for ${freshForMs} ms: ${expected}`, () =>
      assert.equal(isLivePlaylist(stored(key, contentType, freshForMs)), expected));
  }
});
