import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTitleLadder } from "./title-ladder.ts";

const MASTER = `#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="n",STABLE-RENDITION-ID="audio",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=9,STABLE-VARIANT-ID="v"
v/index.m3u8
`;
const MEDIA = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.005333,
1.m4s
#EXTINF:1.5,a name
more/2.m4s
#EXT-X-ENDLIST
`;

function read(master: string, media: string) {
  return readTitleLadder({
    titleId: "a-film",
    playlists: new Map([
      ["a-film/master.m3u8", master],
      ["a-film/v/index.m3u8", media],
      ["a-film/audio/index.m3u8", MEDIA],
    ]),
    hasFile: (path) => !path.includes("lost"),
  });
}

describe("readTitleLadder()", () => {
  test("reads each stream's id, init section and segments", () => {
    const reading = read(MASTER, MEDIA);
    const streams = reading.kind === "ladder" ? reading.ladder.streams : [];
    assert.deepEqual(
      streams.map(({ kind, id }) => `${kind} ${id}`),
      ["rendition audio", "variant v"],
    );
    assert.equal(streams[1]?.initPath, "a-film/v/init.mp4");
    assert.deepEqual(streams[1]?.segments, [
      { path: "a-film/v/1.m4s", durationMicroseconds: 2_005_333 },
      { path: "a-film/v/more/2.m4s", durationMicroseconds: 1_500_000 },
    ]);
  });

  for (const [name, master, media, reason] of [
    ["no playlist", "", MEDIA, /no multivariant playlist/],
    ["a media playlist", MEDIA, MEDIA, /no multivariant playlist/],
    ["dependent segments", MASTER.replace("#EXT-X-IND", "#"), MEDIA, /independent/],
    ["no stable id", MASTER.replace("STABLE-V", "V"), MEDIA, /without a stable id/],
    ["an id that is a path", MASTER.replace('="v"', '=".."'), MEDIA, /without a stable id/],
    ["an id twice", MASTER.replace('="v"', '="audio"'), MEDIA, /two streams .* audio/],
    ["a stream elsewhere", MASTER.replace("\nv/", "\nhttp://x/v/"), MEDIA, /no playlist for v/],
    ["a stream above", MASTER.replace("\nv/", "\n../v/"), MEDIA, /no playlist for v/],
    ["a lost stream", MASTER.replace("\nv/", "\nw/"), MEDIA, /no playlist for v/],
    ["a rendition inside", MASTER.replace(",URI=", ",X="), MEDIA, /no playlist for audio/],
    ["a lost segment", MASTER, MEDIA.replace("\n1.m4s", "\nlost.m4s"), /lists lost\.m4s/],
    ["a segment elsewhere", MASTER, MEDIA.replace("\n1.m4s", "\n/1.m4s"), /lists \/1\.m4s/],
    ["a segment of no length", MASTER, MEDIA.replace("1.5,", "0,"), /no length/],
    ["a length that is none", MASTER, MEDIA.replace("1.5,", "long,"), /no length/],
    ["a segment without EXTINF", MASTER, MEDIA.replace("#EXTINF:1.5,a name\n", ""), /no length/],
    ["no segment", MASTER, MEDIA.replaceAll(/#EXTINF.*\n.*\n/g, ""), /no segment/],
    ["no init section", MASTER, MEDIA.replace(/#EXT-X-MAP.*\n/, ""), /no init section/],
    ["a lost init section", MASTER, MEDIA.replace("init", "lost"), /no init section/],
    ["a part of a file", MASTER, MEDIA.replace('mp4"', 'mp4",BYTERANGE="9@0"'), /part of a file/],
    ["two init sections", MASTER, `${MEDIA}#EXT-X-MAP:URI="b.mp4"\n`, /more than one init/],
    ["byte ranges", MASTER, `${MEDIA}#EXT-X-BYTERANGE:5\n`, /EXT-X-BYTERANGE/],
    ["encryption", MASTER, `${MEDIA}#EXT-X-KEY:METHOD=NONE\n`, /EXT-X-KEY/],
    ["its own discontinuities", MASTER, `${MEDIA}#EXT-X-DISCONTINUITY\n`, /EXT-X-DISCONTINUITY/],
  ] as const) {
    test(`refuses ${name}`, () => {
      const reading = read(master, media);
      assert.equal(reading.kind, "refused");
      assert.match(reading.kind === "refused" ? reading.reason : "", reason);
    });
  }
});
