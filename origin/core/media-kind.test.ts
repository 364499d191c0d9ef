import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mediaKindOf } from "./media-kind.ts";

describe("mediaKindOf()", () => {
  for (const [name, contentType, immutable] of [
    ["segment-00001.m4s", "video/iso.segment", true],
    ["init.mp4", "video/mp4", true],
    ["poster.jpg", "image/jpeg", true],
    ["master.m3u8", "application/vnd.apple.mpegurl", false],
    ["manifest.mpd", "application/dash+xml", false],
  ] as const) {
    test(`${name} is ${contentType}${immutable ? ", immutable" : ""}`, () => {
      const kind = mediaKindOf(name);
      assert.equal(kind?.contentType, contentType);
      assert.equal(kind?.cacheControl.includes("immutable"), immutable);
    });
  }
  for (const name of ["title.json", "m4s", ".jpg.part", "x.constructor", "x.JPG", ""]) {
    test(`"${name}" is not served`, () => assert.equal(mediaKindOf(name), undefined));
  }
});
