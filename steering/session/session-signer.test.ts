import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ViewerSession } from "../core/session/viewer-session.ts";
import { openSessionSigner } from "./session-signer.ts";

const PLAY: ViewerSession = {
  kind: "play",
  id: "s",
  source: "demo",
  path: "/vod/é/master.m3u8",
  region: "east",
  pathways: ["a", "b"],
};
let wallMs = 1_000_000;
const signer = openSessionSigner({
  key: Buffer.from("a key"),
  lifetimeSeconds: 60,
  wallNow: () => wallMs,
});

describe("a session token", () => {
  test("is read by who signed it", () => assert.deepEqual(signer.read(signer.sign(PLAY)), PLAY));
  test("fits a query as it is", () => assert.match(signer.sign(PLAY), /^[\w-]+\.[\w-]+$/));
  test("with any one character changed is a new anonymous session", () => {
    const token = signer.sign(PLAY);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(..."Ab9-_."), (at, to) => {
        fc.pre(token.charAt(at) !== to);
        const changed = `${token.slice(0, at)}${to}${token.slice(at + 1)}`;
        // The last character of 32 bytes carries two bits that mean nothing.
        fc.pre(!Buffer.from(changed, "base64url").equals(Buffer.from(token, "base64url")));
        assert.equal(signer.read(changed).kind, "anonymous");
      }),
    );
  });
  test("of another key is a new anonymous session", () => {
    const other = openSessionSigner({
      key: Buffer.from("another"),
      lifetimeSeconds: 60,
      wallNow: () => wallMs,
    });
    assert.equal(other.read(signer.sign(PLAY)).kind, "anonymous");
  });
  test("ends after its lifetime", () => {
    const token = signer.sign(PLAY);
    wallMs += 59_999;
    assert.equal(signer.read(token).kind, "play");
    wallMs += 1;
    assert.equal(signer.read(token).kind, "anonymous");
  });
  test("never ends while it is signed again", () => {
    let token = signer.sign(PLAY);
    for (let reload = 0; reload < 5; reload += 1) {
      wallMs += 40_000;
      token = signer.sign(signer.read(token));
    }
    assert.deepEqual(signer.read(token), PLAY);
  });
  test("that is missing gives every viewer a session of its own", () => {
    const [one, two] = [signer.read(undefined), signer.read(undefined)];
    assert.notEqual(one.id, two.id);
  });
  test("never throws", () =>
    fc.assert(
      fc.property(fc.string(), (text) => assert.equal(signer.read(text).kind, "anonymous")),
    ));
});
