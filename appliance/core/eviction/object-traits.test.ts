import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { objectTraitsOf } from "./object-traits.ts";

const describeKey = (key: string, contentType?: string) => {
  const { kind, isLive, sequence, number } = objectTraitsOf({ key, contentType });
  return [isLive ? "live" : "", kind, number ?? "", sequence ?? ""].filter(String).join(" ");
};

describe("objectTraitsOf()", () => {
  for (const [key, expected] of [
    ["/vod/tram/master.m3u8", "playlist"],
    ["/vod/tram/manifest.mpd?v=2", "playlist"],
    ["/vod/tram/video-720/init.mp4", "init"],
    ["/dash/init-stream0.m4s", "init"],
    ["/dash/video-init.m4s", "init"],
    ["/dash/720p_header.m4s", "init"],
    ["/vod/tram/video-720/segment-00017.m4s", "segment 17 /vod/tram/video-720/segment-*.m4s"],
    ["/dash/chunk-stream0-00001.m4s", "segment 1 /dash/chunk-stream0-*.m4s"],
    ["/hls/720p_003.ts", "segment 3 /hls/720p_*.ts"],
    ["/hls/3.TS?token=8", "segment 3 /hls/*.TS"],
    ["/hls/audio12.aac", "segment 12 /hls/audio*.aac"],
    ["/cmaf/17.cmfv", "segment 17 /cmaf/*.cmfv"],
    ["/cmaf/17/video.cmfv", "segment"],
    ["/seg-4-v1-a1.ts", "segment 4 /seg-*-v1-a1.ts"],
    ["/cmaf/seg-12.mp4", "segment 12 /cmaf/seg-*.mp4"],
    ["/films/1984.mp4", "other"],
    ["/films/1984.mp4 slice a7.12", "segment 12 /films/1984.mp4 slice a7.*"],
    ["/films/1984.mp4?v=2 slice a7.0", "segment 0 /films/1984.mp4?v=2 slice a7.*"],
    ['/hls/720p_003.ts vary [["accept-language","de"]]', "segment 3 /hls/720p_*.ts"],
    ['/vod/master.m3u8 vary [["accept","a/b"]]', "playlist"],
    ["/films/initial-report-7.mp4", "other"],
    ["/live/one/video/segment-99.m4s", "live segment 99 /live/one/video/segment-*.m4s"],
    ["/live/one/master.m3u8", "live playlist"],
    ["/delivery/live.jpg", "other"],
    ["/posters/12.jpg", "other"],
    ["/12345678901234567890.ts", "segment 678901234567890 /12345*.ts"],
    ["/", "other"],
    ["", "other"],
    ["/.ts", "other"],
  ] as const) {
    test(`${key || "(nothing)"}: ${expected}`, () => assert.equal(describeKey(key), expected));
  }

  for (const [contentType, expected] of [
    ["application/vnd.apple.mpegurl", "playlist"],
    ["application/dash+xml; charset=utf-8", "playlist"],
    ["video/MP2T", "segment 7 /play/*"],
    ["video/iso.segment", "segment 7 /play/*"],
    ["video/mp4", "other"],
    ["text/html", "other"],
  ] as const) {
    test(`a name without extension, sent as ${contentType}: ${expected}`, () =>
      assert.equal(describeKey("/play/7", contentType), expected));
  }

  test("who knows better whether it is live is believed", () => {
    assert.equal(objectTraitsOf({ key: "/one/7.m4s", isLive: true }).isLive, true);
    assert.equal(objectTraitsOf({ key: "/live/one/7.m4s", isLive: false }).isLive, false);
  });
});
