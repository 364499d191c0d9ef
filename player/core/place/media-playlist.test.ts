import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type MediaPlaylist, readMediaPlaylist } from "./media-playlist.ts";

/** `7:a.m4s[0-99] 8:b.m4s`: numbers, URIs and ranges. */
function written({ segments }: MediaPlaylist): string {
  return segments
    .map(({ sequence, resource: { uri, range } = { uri: "…", range: undefined } }) => {
      const bytes = range === undefined ? "" : `[${range.first}-${range.last}]`;
      return `${sequence}:${uri}${bytes}`;
    })
    .join(" ");
}
const read = (body: string, before?: MediaPlaylist) =>
  readMediaPlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n${body}\n`, before);

describe("readMediaPlaylist()", () => {
  test("counts from the media sequence number", () =>
    assert.equal(
      written(read("#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\na\n#EXTINF:2,\nb")),
      "7:a 8:b",
    ));
  test("counts from 0 where none is given, or none that is a number", () => {
    assert.equal(written(read("#EXTINF:2,\na")), "0:a");
    assert.equal(written(read("#EXT-X-MEDIA-SEQUENCE:x\n#EXTINF:2,\na")), "0:a");
  });
  test("a byte range without a first byte follows the one before it in the same file", () =>
    assert.equal(
      written(
        read(`#EXTINF:2,
#EXT-X-BYTERANGE:100@50
a
#EXTINF:2,
#EXT-X-BYTERANGE:10
a
#EXTINF:2,
#EXT-X-BYTERANGE:10
b`),
      ),
      "0:a[50-149] 1:a[150-159] 2:b[0-9]",
    ));
  test("the date of a segment follows from the one before", () =>
    assert.deepEqual(
      read(`#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:10.000Z
#EXTINF:2.5,
a
#EXTINF:2,
b`).segments.map(({ dateMs }) => dateMs),
      [10_000, 12_500],
    ));
  test("keys and the init segment hold until others come", () => {
    const { segments } = read(`#EXT-X-MAP:URI="i",BYTERANGE="9@1"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k1",KEYFORMAT="one"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k2",KEYFORMAT="two"
#EXTINF:2,
a
#EXTINF:2,
b
#EXT-X-KEY:METHOD=NONE
#EXTINF:2,
c`);
    assert.deepEqual(
      segments.map(({ map, keys }) => [map?.range?.last, keys.map(({ uri }) => uri).join()]),
      [
        [9, "k1,k2"],
        [9, "k1,k2"],
        [9, ""],
      ],
    );
  });
  test("parts of what is still being made belong to a segment without a name", () => {
    const { segments, partTargetMs, partHoldBackMs } = read(`#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=1.5
#EXTINF:2,
a
#EXT-X-PART:DURATION=0.5,URI="b.0"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="b.1",BYTERANGE-START=5`);
    assert.equal(written({ ...read(""), segments }), "0:a 1:…");
    assert.deepEqual(
      segments[1]?.parts.map(({ uri }) => uri),
      ["b.0", "b.1"],
    );
    assert.deepEqual([partTargetMs, partHoldBackMs], [500, 1_500]);
  });
  test("what a delta update skips is taken from the playlist before", () => {
    const before = read("#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:2,\na\n#EXTINF:2,\nb\n#EXTINF:2,\nc");
    const delta = "#EXT-X-MEDIA-SEQUENCE:6\n#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXTINF:2,\nd";
    assert.equal(written(read(delta, before)), "6:b 7:c 8:d");
    assert.equal(written(read(delta)), "8:d");
  });
  test("notes a gap, a discontinuity and the end", () => {
    const { segments, isComplete } = read(
      "#EXT-X-DISCONTINUITY\n#EXT-X-GAP\n#EXTINF:2,\na\n#EXT-X-ENDLIST",
    );
    assert.deepEqual(
      [segments[0]?.isGap, segments[0]?.isDiscontinuous, isComplete],
      [true, true, true],
    );
  });
  test("counts recordings as they are counted there, over what is skipped, too", () => {
    const numbers = ({ segments }: MediaPlaylist) =>
      segments.map(({ discontinuity }) => discontinuity).join(" ");
    const head = "#EXT-X-DISCONTINUITY-SEQUENCE:4\n";
    const whole = read(`${head}#EXTINF:2,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nb`);
    assert.equal(numbers(whole), "4 5");
    const delta = `${head}#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nc`;
    assert.equal(numbers(read(delta, whole)), "4 5 6");
    assert.equal(numbers(read("#EXTINF:2,\na")), "0");
  });
  test("takes whatever it is given, and leaves no hole among the numbers", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("#EXT-X-MAP:", "#EXT-X-BYTERANGE:x@y", "#EXTINF:", "#EXT-X-PART:URI=p", "a"),
      fc.nat().map((count) => `#EXT-X-SKIP:SKIPPED-SEGMENTS=${count}`),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (one, two) => {
        const { segments } = read(one.join("\n"), read(two.join("\n")));
        for (const [index, { sequence }] of segments.entries()) {
          assert.equal(sequence, (segments[0]?.sequence ?? 0) + index);
        }
      }),
    );
  });
});
