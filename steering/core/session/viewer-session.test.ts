import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  pathwayFingerprint,
  readSession,
  type ViewerSession,
  writeSession,
} from "./viewer-session.ts";

const PLAY: ViewerSession = {
  kind: "play",
  id: "s",
  source: "demo",
  path: "/vod/x/master.m3u8",
  region: undefined,
  pathways: [
    { id: "a", fingerprint: "1x" },
    { id: "b", fingerprint: "2y" },
  ],
};

describe("a session", () => {
  test("is read as it was written", () =>
    assert.deepEqual(readSession(writeSession(PLAY, 10), 9), {
      ok: true,
      session: PLAY,
      expiresAtSeconds: 10,
    }));
  test("of nobody in particular, too", () => {
    const session = { kind: "anonymous", id: "s" } as const;
    const reading = readSession(writeSession(session, 10), 9);
    assert.deepEqual(reading, { ok: true, session, expiresAtSeconds: 10 });
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
    ["another version", JSON.stringify({ ...written, v: 1 }), "other-version"],
    ["no end", JSON.stringify({ ...written, e: "never" }), "unreadable"],
    ["no path", JSON.stringify({ ...written, p: undefined }), "unreadable"],
    ["a numeric region", JSON.stringify({ ...written, r: 1 }), "unreadable"],
    ["pathways that are no list", JSON.stringify({ ...written, w: "a~1" }), "unreadable"],
    ["no pathways", JSON.stringify({ ...written, w: [] }), "unreadable"],
    ["a pathway that is no text", JSON.stringify({ ...written, w: [1] }), "unreadable"],
    ["a pathway without an address", JSON.stringify({ ...written, w: ["a"] }), "unreadable"],
    ["a pathway without a name", JSON.stringify({ ...written, w: ["~1"] }), "unreadable"],
  ] as const) {
    test(`with ${name} is ${reason}`, () =>
      assert.deepEqual(readSession(text, 1), { ok: false, reason }));
  }
  test("never throws", () =>
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readSession(text, 1))));
});

describe("pathwayFingerprint()", () => {
  test("tells two addresses of one node apart, and fits into a pathway id", () => {
    const [one, two] = ["http://10.0.0.1:80", "http://10.0.0.2:80"].map(pathwayFingerprint);
    assert.notEqual(one, two);
    assert.match(`${one}${two}`, /^[a-z0-9]+$/);
  });
});
