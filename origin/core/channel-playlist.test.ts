import assert from "node:assert/strict";
import { test } from "node:test";
import { readMultivariantPlaylist } from "../../kernel/multivariant-playlist.ts";
import { writeChannelPlaylist } from "./channel-playlist.ts";
import { madeUpProgram, madeUpTitle } from "./made-up-titles.rig.ts";

test("writeChannelPlaylist() lists the titles' streams at the channel's own places", () => {
  const program = madeUpProgram(madeUpTitle("one", { a: [2], v: [2], w: [2] }));
  const text = writeChannelPlaylist(program);
  assert.equal(
    text,
    `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",NAME="n",STABLE-RENDITION-ID="a",URI="a/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=200,AVERAGE-BANDWIDTH=100,AUDIO="g",STABLE-VARIANT-ID="v"
v/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=200,AVERAGE-BANDWIDTH=100,AUDIO="g",STABLE-VARIANT-ID="w"
w/index.m3u8
`,
  );
  assert.equal(readMultivariantPlaylist(text)?.variants.length, 2);
});
