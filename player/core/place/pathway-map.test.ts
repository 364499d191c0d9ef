import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readMpdPresentation } from "./mpd-presentation.ts";
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

describe("PathwayMap of an MPD", () => {
  const mapOf = (...bases: readonly string[]) => {
    const places = bases.map(
      (base, at) => `<BaseURL serviceLocation="${"ab"[at]}">${base}</BaseURL>`,
    );
    const mpd = `<MPD>${places.join("")}<Period></Period></MPD>`;
    return new PathwayMap(readMpdPresentation(mpd, "http://s/f.mpd", ["http://s/f.mpd"]));
  };
  for (const [what, from, to, logical, onB] of [
    [
      "below the base",
      "http://a/x/",
      "http://b/y/z/",
      "http://a/x/1/2.m4s",
      "http://b/y/z/1/2.m4s",
    ],
    [
      "beside it",
      "http://a/vod/f/",
      "http://b/cdn/vod/f/",
      "http://a/vod/x/1",
      "http://b/cdn/vod/x/1",
    ],
    [
      "on an emptier path",
      "http://a/cdn/vod/f/",
      "http://b/f/",
      "http://a/cdn/vod/x/1",
      "http://b/x/1",
    ],
    ["elsewhere on the host", "http://a/x/", "http://b/y/", "http://a/z/1", "http://b/z/1"],
    ["at the root", "http://a/", "http://b/y/", "http://a/z/1", "http://b/y/z/1"],
  ] as const) {
    test(`finds what lies ${what}`, () => assert.equal(mapOf(from, to).urlOn("b", logical), onB));
  }
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
  test("tells a media playlist of the presentation from anything else", () => {
    const map = new PathwayMap(PRESENTATION);
    assert.equal(map.isListed(`${LOW}?_HLS_msn=7`), true);
    assert.equal(map.isListed("http://steering/m.m3u8"), false);
  });
});

/** Segments of two seconds; `lines` may hold tags and URIs. */
const film = (lines: string, first = 0) =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}\n${lines}\n#EXT-X-ENDLIST\n`;
const ON_B = { pathwayId: "b", url: "https://b/other/place/l.m3u8?t=1" };
const onB = (map: PathwayMap, url: string, range?: { first: number; last: number }) => {
  const located = map.locate("b", url, range);
  if (located === undefined) return undefined;
  const bytes = located.range === undefined ? "" : ` ${located.range.first}-${located.range.last}`;
  return `${located.url}${bytes} ${located.certainty}`;
};

describe("PathwayMap with the other pathway's own playlist", () => {
  const both = (own: string, other: string) => {
    const map = learned(own);
    map.learnCopy(LOW, other, ON_B);
    return map;
  };
  const plain = film("#EXTINF:2,\n1.m4s\n#EXTINF:2,\n2.m4s");

  test("finds a segment by its place, whatever it is called there, and its token", () => {
    const map = both(plain, film("#EXTINF:2,\nseg_a.ts?sig=1\n#EXTINF:2,\nseg_b.ts?sig=2"));
    assert.equal(onB(map, "http://a/vod/low/2.m4s"), "https://b/other/place/seg_b.ts?sig=2 exact");
  });
  test("on a third host", () => {
    const map = both(plain, film("#EXTINF:2,\n//media/x\n#EXTINF:2,\n//media/y"));
    assert.equal(onB(map, "http://a/vod/low/1.m4s"), "https://media/x exact");
    assert.deepEqual(map.mediaHostsOf("b"), ["https://media"]);
  });
  test("counted from another number", () => {
    const map = both(plain, film("#EXTINF:2,\nx\n#EXTINF:2,\ny", 1));
    assert.equal(onB(map, "http://a/vod/low/2.m4s"), "https://b/other/place/y exact");
  });
  test("relative to where its playlist came from after a redirect", () => {
    const map = learned(plain);
    map.learnCopy(LOW, film("#EXTINF:2,\nx"), { pathwayId: "b", url: "https://edge/7/l.m3u8" });
    assert.equal(onB(map, "http://a/vod/low/1.m4s"), "https://edge/7/x exact");
  });
  test("finds init segment and key", () => {
    const tags = (map: string, key: string) =>
      `#EXT-X-MAP:URI="${map}"\n#EXT-X-KEY:METHOD=AES-128,URI="${key}"\n`;
    const map = both(
      film(`${tags("i.mp4", "http://a/k")}#EXTINF:2,\n1.m4s\n#EXTINF:2,\n2.m4s`),
      film(`${tags("head.mp4", "https://keys/7")}#EXTINF:2,\nx\n#EXTINF:2,\ny`),
    );
    assert.equal(onB(map, "http://a/vod/low/i.mp4"), "https://b/other/place/head.mp4 exact");
    assert.equal(onB(map, "http://a/k"), "https://keys/7 exact");
  });
  test("finds an init segment that a gap there needs as well", () => {
    const map = both(
      film('#EXT-X-MAP:URI="i.mp4"\n#EXTINF:2,\n1.m4s\n#EXTINF:2,\n2.m4s'),
      film('#EXT-X-MAP:URI="head.mp4"\n#EXTINF:2,\nx\n#EXTINF:2,\n#EXT-X-GAP\ny'),
    );
    assert.equal(onB(map, "http://a/vod/low/i.mp4"), "https://b/other/place/head.mp4 exact");
  });
  test("finds a part of a file that is another part there", () => {
    const map = both(
      film("#EXTINF:2,\n#EXT-X-BYTERANGE:9@1\nf\n#EXTINF:2,\n#EXT-X-BYTERANGE:5\nf"),
      film("#EXTINF:2,\n#EXT-X-BYTERANGE:9@100\ng\n#EXTINF:2,\n#EXT-X-BYTERANGE:6\ng"),
    );
    const file = "http://a/vod/low/f";
    assert.equal(onB(map, file, { first: 10, last: 14 }), "https://b/other/place/g 109-114 exact");
    assert.equal(onB(map, file, { first: 1, last: 9 }), "https://b/other/place/g 100-108 exact");
    assert.equal(map.locate("a", file, { first: 10, last: 14 })?.range?.last, 14);
  });
  test("finds a part of what is a file of its own there", () => {
    const map = both(plain, film("#EXTINF:2,\n#EXT-X-BYTERANGE:9@100\ng\n#EXTINF:2,\ny"));
    const range = { first: 0, last: 3 };
    assert.equal(
      onB(map, "http://a/vod/low/1.m4s", range),
      "https://b/other/place/g 100-103 exact",
    );
  });
  test("leaves out what is a gap there, and what the pathway lacks", () => {
    const map = both(plain, film("#EXTINF:2,\n#EXT-X-GAP\nx"));
    assert.equal(onB(map, "http://a/vod/low/1.m4s"), undefined);
    assert.equal(onB(map, "http://a/vod/low/2.m4s"), undefined);
  });
  test("finds nothing where the boundaries are others, the playlist included", () => {
    const map = both(plain, film("#EXTINF:4,\nx"));
    assert.equal(map.isApart("b", LOW), true);
    assert.equal(onB(map, "http://a/vod/low/1.m4s"), undefined);
    assert.equal(onB(map, LOW), undefined);
    assert.equal(map.isApart("a", LOW), false);
  });
  test("replaces the variables by the pathway's own values", () => {
    const tokens = '#EXT-X-DEFINE:QUERYPARAM="t"\n#EXTINF:2,\ns.m4s?t={$t}';
    const map = learned(film(tokens));
    map.learnCopy(LOW, film(tokens), ON_B);
    const logical = "http://a/vod/low/s.m4s?t={$t}";
    assert.equal(onB(map, logical), "https://b/other/place/s.m4s?t=1 exact");
  });
  test("understands the names of whichever copy the media player was shown last", () => {
    const map = both(plain, film("#EXTINF:2,\nx\n#EXTINF:2,\ny"));
    map.show(LOW, "b");
    assert.equal(map.urlOn("a", "http://a/vod/low/y"), "http://a/vod/low/2.m4s");
    assert.equal(onB(map, "http://a/vod/low/y"), "https://b/other/place/y exact");
    assert.equal(onB(map, "http://a/vod/low/2.m4s"), "https://b/other/place/y exact");
  });
});

describe("PathwayMap before the other playlist has been read", () => {
  test("guesses by the URI as written", () =>
    assert.equal(
      onB(learned(film("#EXTINF:2,\n1.m4s")), "http://a/vod/low/1.m4s"),
      "https://b/other/place/1.m4s guess",
    ));
  test("asks for the playlist to be read, but not that of a mirror", () => {
    const map = learned(film("#EXTINF:2,\n1.m4s"));
    assert.deepEqual(map.unreadOn("b"), [LOW]);
    assert.deepEqual(map.unreadOn("a"), []);
    const mirrors = new PathwayMap(
      readPresentation("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nl.m3u8?t=1\n", "http://a/m", [
        "http://b/m",
      ]),
    );
    mirrors.learnPlaylist("http://a/l.m3u8?t=1", film("#EXTINF:2,\n1.m4s"));
    assert.deepEqual(mirrors.unreadOn("b"), []);
  });
});

describe("PathwayMap at a live edge", () => {
  const live = (first: number, ...uris: string[]) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}\n${uris.map((uri) => `#EXTINF:2,\n${uri}\n`).join("")}`;

  for (const [what, other, certainty] of [
    ["guesses what a copy of yesterday's lacks, where names are alike", live(7, "7", "8"), "guess"],
    ["doubts it where names differ", live(7, "x7", "x8"), "doubtful"],
  ] as const) {
    test(what, () => {
      const map = learned(live(8, "8", "9"));
      map.learnCopy(LOW, other, ON_B);
      assert.equal(onB(map, "http://a/vod/low/9"), `https://b/other/place/9 ${certainty}`);
    });
  }
  test("finds a part by its segment and number", () => {
    const parts = (name: string) =>
      `${live(8, name)}#EXT-X-PART:DURATION=1,URI="${name}.0"\n#EXT-X-PART:DURATION=1,URI="${name}.1"\n`;
    const map = learned(parts("9"));
    map.learnCopy(LOW, parts("y"), ON_B);
    assert.equal(onB(map, "http://a/vod/low/9.1"), "https://b/other/place/y.1 exact");
  });
});
