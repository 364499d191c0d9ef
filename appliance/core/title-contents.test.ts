import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTitleContents } from "./title-contents.ts";

const MULTIVARIANT = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="sound.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=5000
high.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1000,PATHWAY-ID="other"
https://other.example/low.m3u8
`;
const MEDIA = `#EXTM3U
#EXT-X-MAP:URI="init.mp4"
1.m4s
1.m4s
https://other.example/2.m4s
#EXT-X-ENDLIST
`;

const read = (text: string, maxBandwidth?: number) =>
  readTitleContents(text, "/vod/a/main.m3u8", { maxBandwidth });

describe("readTitleContents()", () => {
  test("takes every stream of a multivariant playlist below our origin", () => {
    assert.deepEqual(read(MULTIVARIANT), {
      keys: ["/vod/a/sound.m3u8", "/vod/a/low.m3u8", "/vod/a/high.m3u8"],
      skipped: 1,
    });
  });

  test("leaves out variants above a bandwidth", () => {
    assert.deepEqual(read(MULTIVARIANT, 1_000).keys, ["/vod/a/sound.m3u8", "/vod/a/low.m3u8"]);
  });

  test("takes what segments need, then the segments, each once", () => {
    assert.deepEqual(read(MEDIA), { keys: ["/vod/a/init.mp4", "/vod/a/1.m4s"], skipped: 1 });
  });

  test("finds nothing in what is no playlist", () => {
    assert.deepEqual(read("bytes"), { keys: [], skipped: 0 });
  });
});
