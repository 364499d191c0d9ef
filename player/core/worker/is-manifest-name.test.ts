import assert from "node:assert/strict";
import { test } from "node:test";
import { isManifestName } from "./is-manifest-name.ts";

for (const [url, expected] of [
  ["http://a/film.m3u8", true],
  ["http://a/film.MPD?token=1#t=5", true],
  ["http://a/1.m4s?of=film.m3u8", false],
  ["http://a/film.m3u8/1.m4s", false],
  ["film.m3u8", false],
] as const) {
  test(`${url} is ${expected ? "" : "not "}called like a manifest`, () =>
    assert.equal(isManifestName(url), expected));
}
