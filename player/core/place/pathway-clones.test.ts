import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { clonePathway, readClones } from "./pathway-clones.ts";
import { readPresentation } from "./presentation.ts";

const { pathways } = readPresentation(
  `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",NAME="x",STABLE-RENDITION-ID="en",URI="/audio.m3u8?s=1"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="g",STABLE-VARIANT-ID="low"
/low.m3u8?s=1&foo=old
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="g"
/high.m3u8
`,
  "http://a:8080/m.m3u8",
  [],
);
const [BASE] = pathways;
assert.ok(BASE);

function cloned(replacement: unknown, fields: object = {}): readonly string[] | undefined {
  const clones = [{ "BASE-ID": "a", ID: "b", "URI-REPLACEMENT": replacement, ...fields }];
  const [clone] = readClones(clones);
  const pathway = clone && BASE && clonePathway(BASE, clone);
  return pathway && [...pathway.playlists.values()];
}

describe("a clone", () => {
  for (const [what, replacement, low, high] of [
    [
      "HOST takes the place of the name",
      { HOST: "b" },
      "http://b:8080/low.m3u8?s=1&foo=old",
      "http://b:8080/high.m3u8",
    ],
    [
      "HOST may have a port",
      { HOST: "b:9090" },
      "http://b:9090/low.m3u8?s=1&foo=old",
      "http://b:9090/high.m3u8",
    ],
    [
      "HOST may be an address",
      { HOST: "[::1]" },
      "http://[::1]:8080/low.m3u8?s=1&foo=old",
      "http://[::1]:8080/high.m3u8",
    ],
    [
      "PARAMS are added, sorted, in the place of others",
      { PARAMS: { foo: "b%20r", app: "x" } },
      "http://a:8080/low.m3u8?s=1&app=x&foo=b%20r",
      "http://a:8080/high.m3u8?app=x&foo=b%20r",
    ],
    [
      "PARAMS cannot break out",
      { PARAMS: { "a&b": "1#2 3" } },
      "http://a:8080/low.m3u8?s=1&foo=old&a%26b=1%232%203",
      "http://a:8080/high.m3u8?a%26b=1%232%203",
    ],
    [
      "a URI of its own counts before all else",
      { HOST: "b", PARAMS: { x: "1" }, "PER-VARIANT-URIS": { low: "https://c/l.m3u8?t=2" } },
      "https://c/l.m3u8?t=2",
      "http://b:8080/high.m3u8?x=1",
    ],
    [
      "a URI that is none is left aside",
      { HOST: "b", "PER-VARIANT-URIS": { low: "javascript:1" } },
      "http://b:8080/low.m3u8?s=1&foo=old",
      "http://b:8080/high.m3u8",
    ],
    [
      "nothing replaced is a copy",
      {},
      "http://a:8080/low.m3u8?s=1&foo=old",
      "http://a:8080/high.m3u8",
    ],
    [
      "values that are no text are left aside",
      { PARAMS: { x: 7 }, HOST: "" },
      "http://a:8080/low.m3u8?s=1&foo=old",
      "http://a:8080/high.m3u8",
    ],
  ] as const) {
    test(what, () => assert.deepEqual(cloned(replacement)?.slice(0, 2), [low, high]));
  }
  test("renditions have URIs of their own too", () =>
    assert.equal(
      cloned({ HOST: "b", "PER-RENDITION-URIS": { en: "https://c/a.m3u8" } })?.[2],
      "https://c/a.m3u8",
    ));
  for (const [what, replacement, fields] of [
    ["whose host is none", { HOST: "b/../c" }, {}],
    ["whose port is none", { HOST: "b:99999" }, {}],
    ["of itself", { HOST: "b" }, { ID: "a" }],
    ["without a name", { HOST: "b" }, { ID: undefined }],
    ["with a name that is none", { HOST: "b" }, { ID: "b c" }],
    ["without a base", { HOST: "b" }, { "BASE-ID": 7 }],
  ] as const) {
    test(`${what} is left out`, () => assert.equal(cloned(replacement, fields), undefined));
  }
  test("whatever is sent, clones are clones", () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const clone of readClones([value, value]))
          assert.ok(BASE && clonePathway(BASE, clone));
        assert.ok(Array.isArray(readClones(value)));
      }),
    ));
});
