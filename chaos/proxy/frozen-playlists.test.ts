import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Exchange } from "../core/conversation.ts";
import { FrozenPlaylists } from "./frozen-playlists.ts";

const POLICY = { maxPlaylists: 2, maxHeadBytes: 1_000, maxBodyBytes: 100, maxPieces: 10 };

const asking = (target: string, method = "GET"): Exchange => ({
  method,
  target,
  isForwarded: true,
  isLast: false,
  touch: undefined,
});
const answer = (body: string, status = 200) =>
  Buffer.from(`HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
const start = (exchange: Exchange) => ({ exchange, isStart: true });

function bodyOf(playlists: FrozenPlaylists, path: string): string | undefined {
  const frozen = playlists.find(path);
  return frozen === undefined ? undefined : Buffer.from(frozen.body).toString();
}

describe("frozen playlists", () => {
  test("are the first whole ones of their path, whatever the query", () => {
    const playlists = new FrozenPlaylists(POLICY);
    assert.equal(bodyOf(playlists, "/a"), undefined);
    playlists.record(start(asking("/a?viewer=1")), answer("first"));
    playlists.record(start(asking("/a?viewer=2")), answer("second"));
    assert.equal(bodyOf(playlists, "/a?viewer=3"), "first");
    assert.equal(playlists.find(undefined), undefined);
  });
  test("are taken together from their pieces", () => {
    const playlists = new FrozenPlaylists(POLICY);
    const exchange = asking("/a");
    playlists.record(start(exchange), answer("first").subarray(0, 40));
    assert.equal(bodyOf(playlists, "/a"), undefined);
    playlists.record({ exchange, isStart: false }, answer("first").subarray(40));
    assert.equal(bodyOf(playlists, "/a"), "first");
  });
  test("are never put together from two answers", () => {
    const playlists = new FrozenPlaylists(POLICY);
    const [broken, whole] = [asking("/a"), asking("/a")];
    playlists.record(start(broken), answer("first").subarray(0, 40));
    playlists.record(start(whole), answer("later").subarray(0, 40));
    playlists.record({ exchange: broken, isStart: false }, answer("first").subarray(40));
    assert.equal(bodyOf(playlists, "/a"), undefined);
    playlists.record({ exchange: whole, isStart: false }, answer("later").subarray(40));
    assert.equal(bodyOf(playlists, "/a"), "later");
  });
  test("begin with the beginning of an answer", () => {
    const playlists = new FrozenPlaylists(POLICY);
    playlists.record({ exchange: asking("/a"), isStart: false }, answer("first"));
    assert.equal(bodyOf(playlists, "/a"), undefined);
  });
  test("are answers to a GET, with a 200", () => {
    const playlists = new FrozenPlaylists(POLICY);
    playlists.record(start(asking("/a", "HEAD")), answer("head"));
    playlists.record(start(asking("/a")), answer("missing", 404));
    assert.equal(bodyOf(playlists, "/a"), undefined);
    playlists.record(start(asking("/a")), answer("found"));
    assert.equal(bodyOf(playlists, "/a"), "found");
  });
  test("are so many at most, and no larger than their limit", () => {
    const playlists = new FrozenPlaylists(POLICY);
    playlists.record(start(asking("/large")), answer("x".repeat(101)));
    for (const path of ["/a", "/b", "/c"]) playlists.record(start(asking(path)), answer(path));
    assert.deepEqual(
      ["/large", "/a", "/b", "/c"].map((path) => bodyOf(playlists, path)),
      [undefined, "/a", "/b", undefined],
    );
  });
  test("are not kept away by answers that broke off", () => {
    const playlists = new FrozenPlaylists(POLICY);
    for (const path of ["/1", "/2", "/3", "/4"]) {
      playlists.record(start(asking(path)), answer("x").subarray(0, 5));
    }
    playlists.record(start(asking("/a")), answer("a"));
    assert.equal(bodyOf(playlists, "/a"), "a");
  });
  test("are forgotten when they are cleared, half ones too", () => {
    const playlists = new FrozenPlaylists(POLICY);
    const half = asking("/b");
    playlists.record(start(asking("/a")), answer("a"));
    playlists.record(start(half), answer("b").subarray(0, 5));
    playlists.clear();
    playlists.record({ exchange: half, isStart: false }, answer("b").subarray(5));
    assert.equal(bodyOf(playlists, "/a"), undefined);
    assert.equal(bodyOf(playlists, "/b"), undefined);
  });
});
