import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PathwayMap } from "./pathway-map.ts";
import { readPresentation } from "./presentation.ts";

const PRESENTATION = readPresentation(
  `#EXTM3U
#EXT-X-CONTENT-STEERING:SERVER-URI="/s",PATHWAY-ID="a"
#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a",STABLE-VARIANT-ID="low"
http://a/vod/low/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,PATHWAY-ID="a",STABLE-VARIANT-ID="high"
http://a/vod/high/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="b",STABLE-VARIANT-ID="low"
https://b/other/place/l.m3u8?t=1
`,
  "http://steering/m.m3u8",
  [],
);
const LOW = "http://a/vod/low/index.m3u8";

function learned(text: string): PathwayMap {
  const map = new PathwayMap(PRESENTATION);
  map.learnPlaylist(LOW, text);
  return map;
}

describe("PathwayMap", () => {
  const map = learned(`#EXTM3U
#EXT-X-KEY:METHOD=AES-128,URI="http://a/keys/1"
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2,
1.m4s
#EXTINF:2,
2.m4s?x=y
#EXTINF:2,
http://third/3.m4s
`);

  for (const [what, logical, onB] of [
    ["a media playlist by its stream", LOW, "https://b/other/place/l.m3u8?t=1"],
    ["a segment through its playlist", "http://a/vod/low/1.m4s", "https://b/other/place/1.m4s"],
    ["its query too", "http://a/vod/low/2.m4s?x=y", "https://b/other/place/2.m4s?x=y"],
    ["the init segment", "http://a/vod/low/init.mp4", "https://b/other/place/init.mp4"],
    ["an absolute URL on the pathway's host", "http://a/keys/1", "https://b/keys/1"],
    ["an absolute URL elsewhere: it stays", "http://third/3.m4s", "http://third/3.m4s"],
    ["what no playlist has named, by its host", "http://a/unlisted", "https://b/unlisted"],
  ] as const) {
    test(`maps ${what}`, () => assert.equal(map.urlOn("b", logical), onB));
  }

  test("on the reference pathway everything is where it is", () => {
    for (const url of [LOW, "http://a/vod/low/1.m4s", "http://a/keys/1"]) {
      assert.equal(map.urlOn("a", url), url);
    }
  });
  test("a stream that a pathway lacks is nowhere on it", () => {
    map.learnPlaylist("http://a/vod/high/index.m3u8", "#EXTM3U\n#EXTINF:2,\n9.m4s\n");
    assert.equal(map.urlOn("b", "http://a/vod/high/index.m3u8"), undefined);
    assert.equal(map.urlOn("b", "http://a/vod/high/9.m4s"), undefined);
  });
  test("an unknown pathway has nothing", () => assert.equal(map.urlOn("c", LOW), undefined));

  test("knows how long a segment plays", () => {
    assert.equal(map.durationMsOf("http://a/vod/low/1.m4s"), 2_000);
    assert.equal(map.durationMsOf("http://a/vod/low/init.mp4"), undefined);
    assert.equal(map.durationMsOf("http://a/unlisted"), undefined);
  });
  test("knows which segment comes next, and falls back to the last one", () => {
    assert.equal(map.playlistOf("http://a/vod/low/1.m4s"), LOW);
    for (const [after, next] of [
      ["http://a/vod/low/1.m4s", "http://a/vod/low/2.m4s?x=y"],
      ["http://third/3.m4s", "http://third/3.m4s"],
      ["http://a/unlisted", "http://third/3.m4s"],
    ] as const) {
      assert.equal(map.upcoming(LOW, after), next);
    }
    assert.equal(map.upcoming("http://a/unlisted.m3u8", "http://a/1.m4s"), undefined);
  });
});

describe("PathwayMap of what is not simply a file after the other", () => {
  test("knows how long the file plays that holds several segments", () => {
    const map = learned(
      `#EXTM3U\n#EXT-X-MAP:URI="f.mp4",BYTERANGE="9@0"\n${"#EXTINF:2,\n#EXT-X-BYTERANGE:9\nf.mp4\n".repeat(3)}`,
    );
    assert.equal(map.durationMsOf("http://a/vod/low/f.mp4"), 2_000);
    assert.equal(map.fileMsOf("http://a/vod/low/f.mp4"), 6_000);
  });
  test("leaves out of what comes next what nobody has", () => {
    const map = learned(
      "#EXTM3U\n#EXTINF:2,\n1.m4s\n#EXT-X-GAP\n#EXTINF:2,\n2.m4s\n#EXTINF:2,\n3.m4s\n",
    );
    assert.equal(map.upcoming(LOW, "http://a/vod/low/1.m4s"), "http://a/vod/low/3.m4s");
  });
  test("takes a part for media", () => {
    const map = learned('#EXTM3U\n#EXT-X-PART:DURATION=0.5,URI="1.0.m4s"\n');
    assert.equal(map.durationMsOf("http://a/vod/low/1.0.m4s"), 500);
  });
});

describe("PathwayMap of a live stream", () => {
  const head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
  const live = () => learned(`${head}#EXTINF:2,\n1.m4s\n#EXTINF:2,\n2.m4s\n`);

  test("forgets what a refreshed playlist no longer lists", () => {
    const map = live();
    map.learnPlaylist(LOW, `${head}#EXTINF:2,\n2.m4s\n#EXTINF:2,\n3.m4s\n`);
    assert.equal(map.playlistOf("http://a/vod/low/1.m4s"), undefined);
    assert.equal(map.upcoming(LOW, "http://a/vod/low/1.m4s"), "http://a/vod/low/3.m4s");
    assert.equal(map.upcoming(LOW, "http://a/vod/low/2.m4s"), "http://a/vod/low/3.m4s");
  });
  test("takes a refresh that asks for more for the same playlist", () => {
    const map = live();
    for (const query of ["?_HLS_msn=3&_HLS_part=0", "?_HLS_skip=YES", "?t=1&_HLS_msn=4"]) {
      map.learnPlaylist(`${LOW}${query}`, `${head}#EXTINF:2,\n9.m4s\n`);
    }
    assert.equal(map.playlistOf("http://a/vod/low/1.m4s"), undefined);
    assert.equal(
      map.urlOn("b", `${LOW}?_HLS_msn=3`),
      "https://b/other/place/l.m3u8?t=1&_HLS_msn=3",
    );
    assert.equal(map.urlOn("a", `${LOW}?_HLS_msn=3&_HLS_part=0`), `${LOW}?_HLS_msn=3&_HLS_part=0`);
  });
  test("tells what may still come from what is complete", () => {
    const map = live();
    assert.equal(map.isLive(LOW), true);
    assert.equal(map.isLive("http://a/vod/low/2.m4s"), true);
    assert.equal(map.isLive("http://a/vod/low/0.m4s"), false);
    map.learnPlaylist(LOW, `${head}#EXTINF:2,\n2.m4s\n#EXT-X-ENDLIST\n`);
    assert.equal(map.isLive(LOW), false);
    assert.equal(map.isLive("http://a/vod/low/2.m4s"), false);
  });
  test("takes no multivariant playlist for a live one", () => {
    const map = new PathwayMap(PRESENTATION);
    map.learnPlaylist("http://steering/m.m3u8", `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${LOW}\n`);
    assert.equal(map.isLive(LOW), false);
  });
});
