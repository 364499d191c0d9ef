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
  pathways: [{ id: "a", fingerprint: "1" }],
};
let wallMs = 1_000_000;
const signerWith = (...keys: string[]) =>
  openSessionSigner({
    keys: keys.map((key) => Buffer.from(key)),
    lifetimeSeconds: 60,
    wallNow: () => wallMs,
  });
const signer = signerWith("a key");
const standing = (token: string | undefined, by = signer) => by.read(token).standing;

describe("a session token", () => {
  test("is read by who signed it", () =>
    assert.deepEqual(signer.read(signer.sign(PLAY)), { session: PLAY, standing: "valid" }));
  test("fits a query as it is", () => assert.match(signer.sign(PLAY), /^[\w-]+\.[\w-]+$/));
  test("with any one character changed is a new anonymous session", () => {
    const token = signer.sign(PLAY);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(..."Ab9-_."), (at, to) => {
        fc.pre(token.charAt(at) !== to);
        const changed = `${token.slice(0, at)}${to}${token.slice(at + 1)}`;
        // The last character of 32 bytes carries two bits that mean nothing.
        fc.pre(!Buffer.from(changed, "base64url").equals(Buffer.from(token, "base64url")));
        assert.equal(signer.read(changed).session.kind, "anonymous");
      }),
    );
  });
  test("with anything behind it is a new anonymous session", () => {
    for (const rest of ["=", " ", '"', "&a=b", "\n", "A"]) {
      assert.equal(standing(signer.sign(PLAY) + rest), "forged");
    }
  });
  test("ends after its lifetime", () => {
    const token = signer.sign(PLAY);
    wallMs += 59_999;
    assert.equal(signer.read(token).session.kind, "play");
    wallMs += 1;
    assert.equal(standing(token), "expired");
    assert.equal(signer.read(token).session.kind, "anonymous");
  });
  test("is to be renewed in the second half of its life, and then never ends", () => {
    let token = signer.sign(PLAY);
    assert.equal(standing(token), "valid");
    for (let reload = 0; reload < 5; reload += 1) {
      wallMs += 40_000;
      const read = signer.read(token);
      assert.equal(read.standing, "renew");
      token = signer.sign(read.session);
    }
    assert.deepEqual(signer.read(token).session, PLAY);
  });
  test("that is missing gives every viewer a session of its own", () => {
    const [one, two] = [signer.read(undefined), signer.read("")];
    assert.notEqual(one.session.id, two.session.id);
    assert.deepEqual([one.standing, two.standing], ["missing", "missing"]);
  });
  test("that is too long is not even looked at", () =>
    assert.equal(standing("a".repeat(3_001)), "too-long"));
  test("never throws", () =>
    fc.assert(
      fc.property(fc.string(), (text) => assert.equal(signer.read(text).session.kind, "anonymous")),
    ));
});

describe("key rotation", () => {
  test("a token of another key is a new anonymous session", () =>
    assert.equal(standing(signerWith("another").sign(PLAY)), "forged"));
  test("an old key is believed, and its token is to be renewed", () => {
    const rotated = signerWith("new key", "a key");
    const read = rotated.read(signer.sign(PLAY));
    assert.deepEqual(read, { session: PLAY, standing: "renew" });
    assert.equal(standing(rotated.sign(read.session), rotated), "valid");
  });
  test("a replica that has both keys, in any order, believes what the other signs", () => {
    const [one, two] = [signerWith("new key", "a key"), signerWith("a key", "new key")];
    assert.deepEqual(one.read(two.sign(PLAY)).session, PLAY);
    assert.deepEqual(two.read(one.sign(PLAY)).session, PLAY);
  });
  test("no key is a mistake", () => assert.throws(() => signerWith(), TypeError));
});
