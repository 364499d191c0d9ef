import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readRequestPath } from "./request-path.ts";

describe("readRequestPath()", () => {
  for (const [target, path, query] of [
    ["/", "/", ""],
    ["/vod/harbour/master.m3u8", "/vod/harbour/master.m3u8", ""],
    ["/a?b=c?d", "/a", "b=c?d"],
    ["/a%20b", "/a%20b", ""],
    ["/a..b/.well-known/c...", "/a..b/.well-known/c...", ""],
    ["/a?next=//b/../%2f", "/a", "next=//b/../%2f"],
  ] as const) {
    test(`accepts ${target}`, () =>
      assert.deepEqual(readRequestPath(target), { ok: true, path, query }));
  }

  for (const [target, reason] of [
    ["http://elsewhere/vod", "not-origin-form"],
    ["*", "not-origin-form"],
    ["", "not-origin-form"],
    ["//elsewhere/vod", "empty-segment"],
    ["/a//b", "empty-segment"],
    ["/../etc/passwd", "dot-segment"],
    ["/a/./b", "dot-segment"],
    ["/a/%2e%2E/b", "dot-segment"],
    ["/a/.%2e", "dot-segment"],
    ["/..%2fetc", "encoded-slash"],
    ["/a%5c..%5cb", "backslash"],
    ["/a\\b", "backslash"],
    ["/a%00", "control-character"],
    ["/a\u0000", "control-character"],
    ["/a b", "control-character"],
    ["/é", "control-character"],
    ["/a%0d%0aSet-Cookie:x", "control-character"],
    ["/a%zz", "bad-percent-encoding"],
    ["/a%2", "bad-percent-encoding"],
    ["/a#b", "fragment"],
    [`/${"a".repeat(4096)}`, "too-long"],
  ] as const) {
    test(`refuses ${JSON.stringify(target.slice(0, 40))}: ${reason}`, () =>
      assert.deepEqual(readRequestPath(target), { ok: false, reason }));
  }
});
