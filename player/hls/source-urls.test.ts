import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sourceUrls } from "./source-urls.ts";

const PAGE = "https://page.example/films/";

describe("the URLs that a page names", () => {
  for (const [given, expected] of [
    ["https://cdn.example/a.m3u8", "https://cdn.example/a.m3u8"],
    ["a.m3u8", "https://page.example/films/a.m3u8"],
    ["/a.m3u8?x=1", "https://page.example/a.m3u8?x=1"],
    ["//cdn.example/a.m3u8", "https://cdn.example/a.m3u8"],
    ["blob:https://page.example/1", "blob:https://page.example/1"],
  ] as const) {
    test(`${given} is ${expected}`, () => assert.deepEqual(sourceUrls([given], PAGE), [expected]));
  }

  for (const wrong of [
    "",
    " ",
    "http://",
    "https://[",
    "javascript:void 0",
    "mailto:a@b",
    undefined,
  ]) {
    test(`${JSON.stringify(wrong)} is a mistake with a code`, () =>
      assert.throws(() => sourceUrls(["https://a/", wrong as string], PAGE), {
        name: "InvalidSourceError",
        code: "INVALID_SOURCE",
      }));
  }

  test("so is no list at all", () =>
    assert.throws(() => sourceUrls(undefined as unknown as string[], PAGE), {
      code: "INVALID_SOURCE",
    }));
});
