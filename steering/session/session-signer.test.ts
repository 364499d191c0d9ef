import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type PlaySession, writeSession } from "../core/session/viewer-session.ts";
import { openSessionSigner } from "./session-signer.ts";

const PLAY: PlaySession = {
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
/** As if it were signed. */
const tokenOf = (payload: string, mac: Uint8Array) =>
  [Buffer.from(payload), Buffer.from(mac)].map((part) => part.toString("base64url")).join(".");
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
      assert.equal(standing(signer.sign(PLAY) + rest), "malformed");
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
  /** What somebody may send who has no key: anything, and things that look right. */
  const forged = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4_000 }),
    fc
      .tuple(fc.string(), fc.string({ minLength: 43, maxLength: 43 }))
      .map((parts) => parts.join(".")),
    fc
      .tuple(fc.jsonValue(), fc.uint8Array({ minLength: 32, maxLength: 32 }))
      .map(([payload, mac]) => tokenOf(JSON.stringify(payload), mac)),
    fc
      .tuple(
        fc.record({ id: fc.string(), path: fc.string(), source: fc.string() }),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
      )
      .map(([texts, endsAt, mac]) => tokenOf(writeSession({ ...PLAY, ...texts }, endsAt), mac)),
  );
  test("never throws, and is never believed without a key", () =>
    fc.assert(
      fc.property(forged, (text) => assert.equal(signer.read(text).session.kind, "anonymous")),
    ));
  test("that is given back can do no harm in a URL or in JSON, whatever was sent", () =>
    fc.assert(
      fc.property(forged, (text) => {
        const token = signer.tokenAfter(text, signer.read(text));
        assert.match(token, /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
        assert.ok(token.length <= 3_000);
        assert.equal(encodeURIComponent(token), token);
        assert.equal(JSON.stringify(token), `"${token}"`);
      }),
    ));
});

describe("key rotation", () => {
  test("a token of another key is an anonymous session, the same each time, and is kept", () => {
    const foreign = signerWith("another").sign(PLAY);
    const [read, again] = [signer.read(foreign), signer.read(foreign)];
    assert.deepEqual([read.session.kind, read.standing], ["anonymous", "unknown-key"]);
    assert.deepEqual(again, read);
    assert.equal(signer.tokenAfter(foreign, read), foreign);
    const other = signer.read(signerWith("another").sign({ ...PLAY, id: "t" }));
    assert.notEqual(other.session.id, read.session.id);
  });
  test("a token of another key that is over is a new anonymous session", () => {
    const foreign = signerWith("another").sign(PLAY);
    wallMs += 60_000;
    const read = signer.read(foreign);
    assert.equal(read.standing, "expired");
    assert.deepEqual(signer.read(signer.tokenAfter(foreign, read)), {
      session: read.session,
      standing: "valid",
    });
  });
  test("a session outlives a replica that knows only the old key, whoever answers when", () => {
    const replicas = [signerWith("old key"), signerWith("new key", "old key")] as const;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 9 }))), (requests) => {
        let token = replicas[0].sign(PLAY);
        for (const [replica, seconds] of requests) {
          wallMs += seconds * 1000;
          const by = replicas[replica as 0 | 1];
          const read = by.read(token);
          // Nobody renews what only the other one can read.
          if (read.standing === "expired") return;
          token = by.tokenAfter(token, read);
        }
        assert.deepEqual(replicas[1].read(token).session, PLAY);
      }),
    );
  });
  test("in two steps no token is unknown to anybody at any time", () => {
    const steps = [["old"], ["old", "new"], ["new", "old"], ["new"]] as const;
    for (const [index, keys] of steps.slice(1, 3).entries()) {
      const [before, after] = [signerWith(...(steps[index] ?? [])), signerWith(...keys)];
      assert.deepEqual(before.read(after.sign(PLAY)).session, PLAY);
      assert.deepEqual(after.read(before.sign(PLAY)).session, PLAY);
    }
  });
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
