import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readMultivariantPlaylist, renditionKey, variantKey } from "./multivariant-playlist.ts";

const PLAYLIST = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-CONTENT-STEERING:SERVER-URI="/steer",PATHWAY-ID="east-1"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="east-1",NAME="English",STABLE-RENDITION-ID="en",URI="a/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=100,RESOLUTION=1x1,AUDIO="east-1",PATHWAY-ID="east-1",STABLE-VARIANT-ID="low"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=200,RESOLUTION=2x2
high.m3u8
#EXT-X-ACME:kept
`;

describe("readMultivariantPlaylist()", () => {
  const playlist = readMultivariantPlaylist(PLAYLIST);

  test("lists the variants with their pathways", () =>
    assert.deepEqual(
      playlist?.variants.map(({ uri, pathwayId }) => [uri, pathwayId]),
      [
        ["low.m3u8", "east-1"],
        ["high.m3u8", "."],
      ],
    ));
  test("lists the renditions", () =>
    assert.deepEqual(
      playlist?.renditions.map(({ uri, pathwayId }) => [uri, pathwayId]),
      [["a/index.m3u8", "."]],
    ));
  test("reads the steering tag", () =>
    assert.deepEqual(playlist?.steering, { serverUri: "/steer", pathwayId: "east-1" }));
  test("keeps all other lines", () => assert.equal(playlist?.rest.length, 3));
  test("a media playlist is none", () =>
    assert.equal(
      readMultivariantPlaylist("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.m4s\n"),
      undefined,
    ));
  test("a steering tag without a server is none", () =>
    assert.equal(
      readMultivariantPlaylist(`${PLAYLIST.replace("SERVER-URI", "X-URI")}`)?.steering,
      undefined,
    ));
});

describe("keys across pathways", () => {
  const streamsOf = (text: string) => readMultivariantPlaylist(`#EXTM3U\n${text}\n`);
  const variant = (attributes: string) => {
    const [found] = streamsOf(`#EXT-X-STREAM-INF:${attributes}\na`)?.variants ?? [];
    assert.ok(found);
    return variantKey(found);
  };
  const rendition = (attributes: string) => {
    const media = `#EXT-X-MEDIA:${attributes}\n#EXT-X-STREAM-INF:BANDWIDTH=1\na`;
    const [found] = streamsOf(media)?.renditions ?? [];
    assert.ok(found);
    return renditionKey(found);
  };

  test("a stable id decides alone", () =>
    assert.equal(
      variant('BANDWIDTH=1,STABLE-VARIANT-ID="x"'),
      variant('BANDWIDTH=2,STABLE-VARIANT-ID="x"'),
    ));
  test("without one, the attributes do, whatever the groups are called", () =>
    assert.equal(
      variant('BANDWIDTH=1,RESOLUTION=1x1,AUDIO="a"'),
      variant('BANDWIDTH=1,RESOLUTION=1x1,AUDIO="b"'),
    ));
  test("different bandwidths are different variants", () =>
    assert.notEqual(variant("BANDWIDTH=1"), variant("BANDWIDTH=2")));
  test("renditions of two types never meet", () =>
    assert.notEqual(
      rendition('TYPE=AUDIO,GROUP-ID="a",NAME="x",STABLE-RENDITION-ID="1"'),
      rendition('TYPE=SUBTITLES,GROUP-ID="a",NAME="x",STABLE-RENDITION-ID="1"'),
    ));
  test("sound for two speakers is not sound for six", () =>
    assert.notEqual(
      rendition('TYPE=AUDIO,GROUP-ID="a",NAME="x",LANGUAGE="en",CHANNELS="2"'),
      rendition('TYPE=AUDIO,GROUP-ID="a",NAME="x",LANGUAGE="en",CHANNELS="6"'),
    ));
  test("without a stable id, type, name and language decide", () =>
    assert.equal(
      rendition('TYPE=AUDIO,GROUP-ID="a",NAME="x",LANGUAGE="en"'),
      rendition('TYPE=AUDIO,GROUP-ID="b",NAME="x",LANGUAGE="en"'),
    ));
});
