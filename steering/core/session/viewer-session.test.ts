import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readSession, type ViewerSession, writeSession } from "./viewer-session.ts";

const PLAY: ViewerSession = {
  kind: "play",
  id: "s",
  source: "demo",
  path: "/vod/x/master.m3u8",
  region: undefined,
  pathways: ["a", "b"],
};

describe("a session", () => {
  test("is read as it was written", () =>
    assert.deepEqual(readSession(writeSession(PLAY, 10), 9), { ok: true, session: PLAY }));
  test("of nobody in particular, too", () => {
    const session = { kind: "anonymous", id: "s" } as const;
    assert.deepEqual(readSession(writeSession(session, 10), 9), { ok: true, session });
  });
  test("ends at its end", () => {
    assert.equal(readSession(writeSession(PLAY, 10), 9.999).ok, true);
    assert.deepEqual(readSession(writeSession(PLAY, 10), 10), { ok: false, reason: "expired" });
  });

  const written = JSON.parse(writeSession(PLAY, 10)) as Record<string, unknown>;
  for (const [name, text, reason] of [
    ["no JSON", "{", "unreadable"],
    ["a list", "[]", "unreadable"],
    ["null", "null", "unreadable"],
    ["another version", JSON.stringify({ ...written, version: 2 }), "other-version"],
    ["no end", JSON.stringify({ ...written, expires: "never" }), "unreadable"],
    ["no path", JSON.stringify({ ...written, path: undefined }), "unreadable"],
    ["a numeric region", JSON.stringify({ ...written, region: 1 }), "unreadable"],
    ["pathways that are no list", JSON.stringify({ ...written, pathways: "a" }), "unreadable"],
    ["no pathways", JSON.stringify({ ...written, pathways: [] }), "unreadable"],
    ["a pathway that is no text", JSON.stringify({ ...written, pathways: [1] }), "unreadable"],
  ] as const) {
    test(`with ${name} is ${reason}`, () =>
      assert.deepEqual(readSession(text, 1), { ok: false, reason }));
  }
  test("never throws", () =>
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readSession(text, 1))));
});
