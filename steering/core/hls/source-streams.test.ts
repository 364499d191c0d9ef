import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readMultivariantPlaylist } from "../../../kernel/multivariant-playlist.ts";
import { addressAt, locateUri } from "../source/locate-uri.ts";
import { readSourceStreams, withVariables } from "./source-streams.ts";

const placeOf = (uri: string) => ({ at: "source", path: `/${uri}` }) as const;

function streamsOf(...lines: string[]) {
  const playlist = readMultivariantPlaylist(["#EXTM3U", ...lines].join("\n"));
  assert.ok(playlist);
  return readSourceStreams(playlist, placeOf);
}

describe("readSourceStreams()", () => {
  test("names a stream by the source's own id", () => {
    const { variants, renditions } = streamsOf(
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",NAME="n",STABLE-RENDITION-ID="en",URI="en.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1,STABLE-VARIANT-ID="low"\nlow.m3u8',
    );
    assert.deepEqual(
      [...variants, ...renditions].map(({ stableId }) => stableId),
      ["low", "en"],
    );
  });
  test("else by one that it writes down too", () => {
    const [variant] = streamsOf("#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8").variants;
    assert.match(variant?.stableId ?? "", /^[0-9a-f]{8}$/);
    assert.equal(variant?.attributes.get("STABLE-VARIANT-ID"), `"${variant?.stableId}"`);
  });
  test("gives one file in two groups of sound two ids", () => {
    const { variants } = streamsOf(
      '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nlow.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="b"\nlow.m3u8',
    );
    assert.notEqual(variants[0]?.stableId, variants[1]?.stableId);
  });
  test("knows no place of a rendition without a URI", () =>
    assert.equal(
      streamsOf(
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="x"',
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8",
      ).renditions[0]?.place,
      undefined,
    ));
  test("takes trick-play streams of its one pathway", () =>
    assert.deepEqual(
      streamsOf(
        '#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a"\nlow.m3u8',
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a",URI="a.m3u8"',
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="b",URI="b.m3u8"',
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="all.m3u8"',
      ).frameStreams.map(({ place }) => place),
      [placeOf("a.m3u8"), placeOf("all.m3u8")],
    ));
});

describe("withVariables()", () => {
  const AT = "http://origin/vod/master.m3u8";
  function placeIn(uri: string, ...defined: string[]) {
    const lines = defined.map((attributes) => `#EXT-X-DEFINE:${attributes}`);
    const text = ["#EXTM3U", ...lines, "#EXT-X-STREAM-INF:BANDWIDTH=1\na"].join("\n");
    const { rest } = readMultivariantPlaylist(text) ?? assert.fail("no playlist");
    return addressAt(withVariables((each) => locateUri(each, AT), rest)(uri), {
      url: "http://one",
    });
  }
  test("puts in what is defined", () =>
    assert.equal(placeIn("{$x}/a.m3u8", 'NAME="x",VALUE="y z"'), "http://one/vod/y%20z/a.m3u8"));
  for (const [what, uri, address] of [
    ["in a path", "low/{$tok}/x.m3u8", "http://one/vod/low/{$tok}/x.m3u8"],
    ["in a query", "low.m3u8?t={$tok}", "http://one/vod/low.m3u8?t={$tok}"],
    ["at the beginning", "{$tok}.m3u8", "http://one/vod/{$tok}.m3u8"],
    ["twice", "{$tok}/{$tok}.m3u8?{$Tok}", "http://one/vod/{$tok}/{$tok}.m3u8?{$Tok}"],
    ["beside one that it defines", "{$x}/{$tok}.m3u8", "http://one/vod/y/{$tok}.m3u8"],
    ["elsewhere", "https://{$tok}/{$tok}", "https://{$tok}/{$tok}"],
    ["and no other braces", "%7B$tok%7D/{b}.m3u8", "http://one/vod/%7B$tok%7D/%7Bb%7D.m3u8"],
  ] as const) {
    test(`leaves what only the player's query says, ${what}`, () =>
      assert.equal(placeIn(uri, 'QUERYPARAM="tok"', 'NAME="x",VALUE="y"'), address));
  }
});
