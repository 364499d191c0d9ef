import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NAMES_POLICY, NamedResources } from "./named-resources.ts";

const MASTER = `#EXTM3U
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="http://k/session"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="n",URI="http://a/audio.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="http://a/trick.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1
http://a/low.m3u8?t=1
`;
const LOW = `#EXTM3U
#EXT-X-KEY:METHOD=AES-128,URI="key#1"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://license"
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2,
1.m4s
#EXT-X-PART:DURATION=1,URI="2.0.m4s"
#EXT-X-RENDITION-REPORT:URI="http://a/mid.m3u8"
`;
const MPD = `<MPD><Period><BaseURL>ads/</BaseURL><AdaptationSet>
<SegmentTemplate media="$RepresentationID$/s-$Number%05d$.m4s?x=1" initialization='v/$$init$$.mp4'/>
<Representation><BaseURL>whole&amp;one.mp4</BaseURL></Representation>
<SegmentList><SegmentURL media="list/1.m4s"/></SegmentList></AdaptationSet></Period></MPD>`;

test("captions are told from media by their names", () => {
  const names = new NamedResources();
  names.learn("http://a/l", "#EXTM3U\n#EXTINF:2,\n1.vtt?x=1\n#EXTINF:2,\nvtt.m4s\n");
  names.learn("http://a/f", '<MPD><Period><S media="$Number$.TTML"/></Period></MPD>', "http://a/");
  assert.deepEqual(
    ["1.vtt?x=1", "vtt.m4s", "7.TTML"].map((name) => names.find(`http://a/${name}`)?.kind),
    ["captions", "segment", "captions"],
  );
});

describe("NamedResources of a playlist", () => {
  const names = new NamedResources();
  names.learn("http://s/master.m3u8", MASTER);
  names.learn("http://a/low.m3u8?t=1", LOW);

  for (const [url, kind, logical = url] of [
    ["http://a/low.m3u8?t=1", "media-playlist"],
    ["http://a/low.m3u8?t=1&_HLS_msn=7&_HLS_part=0", "media-playlist"],
    ["http://a/low.m3u8?CMCD=ot%3Dm&t=1", "media-playlist", "http://a/low.m3u8?t=1"],
    ["http://a/audio.m3u8", "media-playlist"],
    ["http://a/trick.m3u8", "media-playlist"],
    ["http://a/mid.m3u8", "media-playlist"],
    ["http://k/session", "key"],
    ["http://a/key", "key"],
    ["http://a/init.mp4", "segment"],
    ["http://a/1.m4s", "segment"],
    ["http://a/1.m4s?CMCD=x", "segment", "http://a/1.m4s"],
    ["http://a/1.m4s#t", "segment", "http://a/1.m4s"],
    ["http://a/2.0.m4s", "segment"],
  ] as const) {
    test(`${url} is a ${kind}`, () => assert.deepEqual(names.find(url), { kind, url: logical }));
  }
  for (const url of ["http://a/", "http://a/3.m4s", "http://a/1.m4s?x=1", "skd://license"]) {
    test(`${url} is nothing of it`, () => assert.equal(names.find(url), undefined));
  }
});

describe("NamedResources of an MPD", () => {
  const names = new NamedResources();
  names.learn("http://s/f.mpd", MPD, "http://a/film/");

  for (const name of [
    "v1/s-00001.m4s",
    "v1/s-2.m4s?y",
    "v/$init$.mp4",
    "list/1.m4s",
    "whole&one.mp4",
  ]) {
    const url = `http://a/film/${name}`;
    test(`${name} is a segment`, () => assert.deepEqual(names.find(url), { kind: "segment", url }));
  }
  for (const url of [
    "http://b/film/v1/s-00001.m4s",
    "http://a/v1/s-00001.m4s",
    "http://a/film/v1/x-00001.m4s",
    "http://a/film/api.json",
    "http://a/film/ads/",
  ]) {
    test(`${url} is nothing of it`, () => assert.equal(names.find(url), undefined));
  }
  test("a refresh replaces what it named before", () => {
    const refreshed = new NamedResources();
    refreshed.learn("http://s/f.mpd", MPD, "http://a/film/");
    refreshed.learn("http://s/f.mpd", "<MPD><Period/></MPD>", "http://a/film/");
    assert.equal(refreshed.find("http://a/film/list/1.m4s"), undefined);
  });
});

test("a manifest that is refreshed is found by each of its addresses", () => {
  const names = new NamedResources();
  names.noteManifest("http://a/f.mpd", ["http://s/f.mpd", "http://b/f.mpd"]);
  for (const url of ["http://a/f.mpd", "http://s/f.mpd", "http://b/f.mpd?CMCD=x"]) {
    assert.deepEqual(names.find(url), { kind: "media-playlist", url: "http://a/f.mpd" });
  }
});

describe("limits", () => {
  const list = (...names: string[]) =>
    `#EXTM3U\n${names.map((name) => `#EXTINF:1,\n${name}\n`).join("")}`;

  test("the oldest names go first, and one that is named again is young", () => {
    const names = new NamedResources({ ...NAMES_POLICY, maxNames: 2 });
    names.learn("http://a/l", list("1", "2"));
    names.learn("http://a/l", list("1", "3"));
    assert.deepEqual(
      ["1", "2", "3"].map((name) => names.find(`http://a/${name}`) !== undefined),
      [true, false, true],
    );
  });
  test("a playlist is not forgotten for the segments that it has named since", () => {
    const names = new NamedResources({ ...NAMES_POLICY, maxNames: 2 });
    names.learn("http://s/master.m3u8", MASTER);
    for (const name of ["1", "2", "3"]) {
      const keyed = `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="key-${name}"\n#EXTINF:1,\n${name}\n`;
      names.learn("http://a/low.m3u8?t=1", keyed);
    }
    assert.equal(names.find("http://a/low.m3u8?t=1")?.kind, "media-playlist");
    assert.equal(names.find("http://a/1"), undefined);
  });
  test("templates beyond the limit, and those with too many gaps, name nothing", () => {
    const names = new NamedResources({ ...NAMES_POLICY, maxNames: 0, maxTemplates: 1, maxGaps: 1 });
    names.learn(
      "http://a/f",
      '<MPD><Period a="" media="$1$$2$" index="a$1$" initialization="b$1$" sourceURL="c"/></MPD>',
      "http://a/",
    );
    assert.deepEqual(
      ["12", "a1", "b1", "c"].map((name) => names.find(`http://a/${name}`) !== undefined),
      [false, true, false, false],
    );
  });
});
