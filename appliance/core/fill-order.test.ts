import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FillRequest } from "../contract/title-fill.ts";
import { readFillOrder } from "./fill-order.ts";

const keysOf = (request: FillRequest) => {
  const reading = readFillOrder(request);
  return reading.ok ? reading.order.keys : reading.reason;
};

describe("readFillOrder()", () => {
  for (const [name, request, expected] of [
    ["one path", { path: "/a/main.m3u8" }, ["/a/main.m3u8"]],
    ["several paths", { path: ["/a", "/b?x=1"] }, ["/a", "/b?x=1"]],
    ["a URL of any host", { url: "https://elsewhere.example/a" }, ["/a"]],
    ["neither", {}, "exactly one of url and path is needed"],
    ["both", { url: "http://h/a", path: "/a" }, "exactly one of url and path is needed"],
  ] satisfies [string, FillRequest, unknown][]) {
    test(`of ${name}`, () => assert.deepEqual(keysOf(request), expected));
  }

  for (const path of ["/a/../../etc/passwd", "//elsewhere.example/a", "a", ""]) {
    test(`refuses ${JSON.stringify(path)}, and says which it was`, () =>
      assert.match(String(keysOf({ path: ["/good", path] })), new RegExp(`^${path}: `)));
  }

  test("counts the cap in bytes, and leaves out what was not asked for", () => {
    const reading = readFillOrder({ path: "/a", mebibitsPerSecond: 8, maxBandwidth: 3_000_000 });
    assert.deepEqual(reading.ok && reading.order, {
      keys: ["/a"],
      bytesPerSecond: 1024 * 1024,
      window: undefined,
      maxBandwidth: 3_000_000,
    });
  });
});
