import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readMultivariantPlaylist } from "../../../kernel/multivariant-playlist.ts";
import { readAttributes, readPlaylistLines } from "../../../kernel/playlist-lines.ts";
import type { UriPlace } from "../source/locate-uri.ts";
import { writePathwayPlaylist } from "./pathway-playlist.ts";

const MEDIA = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",URI="audio.m3u8"';
const VARIANT = '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="sound"\nlow.m3u8';

/** In these tests `https:` leads elsewhere and everything else lies in `/vod` of the source. */
const placeOf = (uri: string): UriPlace =>
  uri.startsWith("https:") ? { at: "elsewhere", uri } : { at: "source", path: `/vod/${uri}` };

function written(...lines: string[]): string {
  const playlist = readMultivariantPlaylist(["#EXTM3U", ...lines].join("\n"));
  assert.ok(playlist);
  return writePathwayPlaylist({
    playlist,
    pathways: [
      { id: "east-1", url: "http://one" },
      { id: "west-1", url: "http://two" },
    ],
    steeringUri: "http://steer/x",
    placeOf,
  });
}

/** The attributes of every such tag, in order. */
function attributesOf(text: string, name: string) {
  return readPlaylistLines(text).flatMap((line) =>
    line.kind === "tag" && line.name === name
      ? [Object.fromEntries(readAttributes(line.value)) as Record<string, string | undefined>]
      : [],
  );
}
const urisOf = (text: string) =>
  readPlaylistLines(text).flatMap((line) => (line.kind === "uri" ? [line.uri] : []));

describe("writePathwayPlaylist()", () => {
  test("lists every variant once per pathway, on its appliance, the best first", () => {
    const text = written(VARIANT);
    assert.deepEqual(urisOf(text), ["http://one/vod/low.m3u8", "http://two/vod/low.m3u8"]);
    assert.deepEqual(
      attributesOf(text, "EXT-X-STREAM-INF").map((variant) => variant["PATHWAY-ID"]),
      ['"east-1"', '"west-1"'],
    );
  });
  test("starts on the best pathway", () =>
    assert.deepEqual(attributesOf(written(VARIANT), "EXT-X-CONTENT-STEERING"), [
      { "SERVER-URI": '"http://steer/x"', "PATHWAY-ID": '"east-1"' },
    ]));
  test("gives each pathway rendition groups of its own, and refers to them", () => {
    const text = written(MEDIA, VARIANT);
    assert.deepEqual(
      attributesOf(text, "EXT-X-MEDIA").map((media) => [media["GROUP-ID"], media["URI"]]),
      [
        ['"east-1"', '"http://one/vod/audio.m3u8"'],
        ['"west-1"', '"http://two/vod/audio.m3u8"'],
      ],
    );
    assert.deepEqual(
      attributesOf(text, "EXT-X-STREAM-INF").map((variant) => variant["AUDIO"]),
      ['"east-1"', '"west-1"'],
    );
  });
  test("tells several groups of a type apart, the first being called like the pathway", () => {
    const text = written(
      MEDIA,
      MEDIA.replaceAll("sound", "surround"),
      MEDIA.replace("AUDIO", "SUBTITLES"),
      VARIANT,
      VARIANT.replace('AUDIO="sound"', 'AUDIO="surround",SUBTITLES="sound"'),
      VARIANT.replace('AUDIO="sound"', 'AUDIO="of nobody"'),
    );
    assert.deepEqual(
      attributesOf(text, "EXT-X-MEDIA")
        .slice(0, 3)
        .map((media) => media["GROUP-ID"]),
      ['"east-1"', '"east-1:surround"', '"east-1"'],
    );
    assert.deepEqual(
      attributesOf(text, "EXT-X-STREAM-INF")
        .slice(0, 3)
        .map((variant) => [variant["AUDIO"], variant["SUBTITLES"]]),
      [
        ['"east-1"', undefined],
        ['"east-1:surround"', '"east-1"'],
        ['"east-1:of nobody"', undefined],
      ],
    );
  });
  test("CLOSED-CAPTIONS=NONE is no group", () =>
    assert.equal(
      attributesOf(
        written("#EXT-X-STREAM-INF:BANDWIDTH=1,CLOSED-CAPTIONS=NONE\nlow.m3u8"),
        "EXT-X-STREAM-INF",
      )[0]?.["CLOSED-CAPTIONS"],
      "NONE",
    ));
  test("a rendition without a URI gets none", () =>
    assert.equal(
      attributesOf(
        written('#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="x"', VARIANT),
        "EXT-X-MEDIA",
      )[0]?.["URI"],
      undefined,
    ));

  test("keeps stable ids", () => {
    const text = written(
      MEDIA.replace("NAME", 'STABLE-RENDITION-ID="r",NAME'),
      VARIANT.replace("BANDWIDTH", 'STABLE-VARIANT-ID="v",BANDWIDTH'),
    );
    assert.equal(attributesOf(text, "EXT-X-STREAM-INF")[1]?.["STABLE-VARIANT-ID"], '"v"');
    assert.equal(attributesOf(text, "EXT-X-MEDIA")[1]?.["STABLE-RENDITION-ID"], '"r"');
  });
  test("adds stable ids that are the same on every pathway and differ between streams", () => {
    const text = written(MEDIA, VARIANT, VARIANT.replace("low", "high"));
    const ids = attributesOf(text, "EXT-X-STREAM-INF").map((one) => one["STABLE-VARIANT-ID"]);
    const [low, high] = ids;
    assert.match(low ?? "", /^"[0-9a-f]{8}"$/);
    assert.notEqual(low, high);
    assert.deepEqual(ids, [low, high, low, high]);
    const [one, two] = attributesOf(text, "EXT-X-MEDIA").map(
      (media) => media["STABLE-RENDITION-ID"],
    );
    assert.equal(one, two);
  });

  test("trick-play streams move to every pathway", () => {
    const text = written(VARIANT, '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="frames.m3u8"');
    assert.deepEqual(
      attributesOf(text, "EXT-X-I-FRAME-STREAM-INF").map((one) => [one["PATHWAY-ID"], one["URI"]]),
      [
        ['"east-1"', '"http://one/vod/frames.m3u8"'],
        ['"west-1"', '"http://two/vod/frames.m3u8"'],
      ],
    );
  });
  test("other tags and unknown attributes are kept", () => {
    const text = written(
      "#EXT-X-VERSION:7",
      "# a remark",
      "#EXT-X-ACME:any thing,at all",
      VARIANT.replace("BANDWIDTH", 'X-ACME="1",BANDWIDTH'),
    );
    assert.match(text, /^#EXTM3U\n#EXT-X-VERSION:7\n# a remark\n#EXT-X-ACME:any thing,at all\n/);
    assert.equal(attributesOf(text, "EXT-X-STREAM-INF")[1]?.["X-ACME"], '"1"');
  });
  test("a relative URI in another tag does not end up at steering", () =>
    assert.match(
      written('#EXT-X-SESSION-KEY:METHOD=AES-128,URI="key",IV=0x1', VARIANT),
      /^#EXT-X-SESSION-KEY:METHOD=AES-128,URI="http:\/\/one\/vod\/key",IV=0x1$/m,
    ));
  test("what lies elsewhere stays there", () => {
    const text = written(
      '#EXT-X-SESSION-DATA:DATA-ID="d",URI="https://else/d"',
      VARIANT.replace("low", "https://else/low"),
    );
    assert.match(text, /DATA-ID="d",URI="https:\/\/else\/d"/);
    assert.deepEqual(urisOf(text), ["https://else/low.m3u8", "https://else/low.m3u8"]);
  });
  test("puts in the variables of EXT-X-DEFINE, and leaves unknown ones", () =>
    assert.deepEqual(
      urisOf(
        written(
          '#EXT-X-DEFINE:NAME="cdn",VALUE="https://else/"',
          "#EXT-X-STREAM-INF:BANDWIDTH=1\n{$cdn}a.m3u8",
          "#EXT-X-STREAM-INF:BANDWIDTH=2\n{$nobody}b.m3u8",
        ),
      ).slice(0, 2),
      ["https://else/a.m3u8", "http://one/vod/{$nobody}b.m3u8"],
    ));

  test("of a source that has pathways itself, takes the one that it starts on", () => {
    const text = written(
      '#EXT-X-CONTENT-STEERING:SERVER-URI="/old",PATHWAY-ID="y"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",NAME="n",PATHWAY-ID="x",URI="x-sound.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",NAME="n",PATHWAY-ID="y",URI="y-sound.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="x"\nx.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="y"\ny.m3u8',
    );
    assert.deepEqual(urisOf(text), ["http://one/vod/y.m3u8", "http://two/vod/y.m3u8"]);
    assert.equal(attributesOf(text, "EXT-X-MEDIA").length, 2);
    assert.equal(attributesOf(text, "EXT-X-CONTENT-STEERING").length, 1);
    assert.doesNotMatch(text, /x-sound|\/old/);
  });
});
