import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeProbe, type ProbeAnswer } from "./judge-probe.ts";

const WHOLE: ProbeAnswer = {
  status: 206,
  contentRange: "bytes 0-99/100",
  contentLength: "100",
  etag: '"v1"',
  reprDigest: "sha-256=:right=:",
  receivedBytes: 100,
  sha256Base64: "right=",
  firstByteMs: 7,
  firstPieceBytes: 100,
  bodyMs: 0,
};

function judged(changes: Partial<ProbeAnswer>, reference?: { etag: string; sha256: string }) {
  return judgeProbe(
    { ...WHOLE, ...changes },
    {
      askedBytes: 100,
      floorBitsPerSecond: 0,
      reference: reference && { etag: reference.etag, sha256Base64: reference.sha256 },
    },
  );
}
const reasonOf = (...input: Parameters<typeof judged>) => judged(...input).reason;

describe("judgeProbe()", () => {
  test("good bytes are good, and their time is kept", () =>
    assert.deepEqual(judged({}), {
      ok: true,
      reason: "right-bytes",
      firstByteMs: 7,
      throughputBitsPerSecond: undefined,
    }));
  test("a judgement is never a fact", () =>
    assert.deepEqual(judged({ status: 503 }), { ok: false, reason: "status-503", isFact: false }));

  for (const [name, changes, reason] of [
    ["the whole object without a range is good too", { status: 200 }, "right-bytes"],
    ["a redirect is not the object", { status: 302 }, "status-302"],
    ["404 is not the object", { status: 404 }, "status-404"],
    ["another range than the asked one", { contentRange: "bytes 5-99/100" }, "wrong-range"],
    ["206 without a range", { contentRange: undefined }, "wrong-range"],
    ["fewer bytes than promised", { receivedBytes: 99 }, "short-body"],
    ["no bytes", { receivedBytes: 0, status: 200, contentLength: undefined }, "short-body"],
    ["an empty object", { status: 200, contentLength: "0", receivedBytes: 0 }, "empty-body"],
    ["bytes that belie their own digest", { sha256Base64: "wrong" }, "wrong-bytes"],
    ["nothing to compare with", { reprDigest: undefined }, "right-length"],
    ["an unknown length and some bytes", { status: 200, contentLength: undefined }, "right-length"],
    [
      "a digest of the whole says nothing of a part",
      { contentRange: "bytes 0-99/500", sha256Base64: "part" },
      "right-length",
    ],
    [
      "an object shorter than asked",
      { contentRange: "bytes 0-49/50", receivedBytes: 50 },
      "right-bytes",
    ],
  ] as const) {
    test(`${name}: ${reason}`, () => assert.equal(reasonOf(changes), reason));
  }

  test("bytes are compared with the origin's of the same version", () => {
    const origin = { etag: '"v1"', sha256: "origin" };
    assert.equal(reasonOf({ reprDigest: undefined }, origin), "wrong-bytes");
    assert.equal(
      reasonOf({ reprDigest: undefined, sha256Base64: "origin" }, origin),
      "right-bytes",
    );
  });
  test("and not with those of another version", () =>
    assert.equal(
      reasonOf({ reprDigest: undefined }, { etag: '"v2"', sha256: "origin" }),
      "right-length",
    ));
});

describe("throughput", () => {
  const KIBIBYTE = 1024;
  const paced = (pieces: Partial<ProbeAnswer>, floorBitsPerSecond = 0) =>
    judgeProbe(
      {
        ...WHOLE,
        contentRange: "bytes 0-65535/9999999",
        receivedBytes: 64 * KIBIBYTE,
        firstPieceBytes: 14 * KIBIBYTE,
        ...pieces,
      },
      { askedBytes: 64 * KIBIBYTE, reference: undefined, floorBitsPerSecond },
    );
  const throughputOf = (pieces: Partial<ProbeAnswer>) => {
    const outcome = paced(pieces);
    return outcome.ok ? outcome.throughputBitsPerSecond : assert.fail(outcome.reason);
  };

  test("is that of what came after the first piece", () =>
    assert.equal(throughputOf({ bodyMs: 50 }), 50 * KIBIBYTE * 8 * 20));
  test("cannot be told of a body that came almost at once, or in one piece", () => {
    assert.equal(throughputOf({ bodyMs: 1 }), undefined);
    assert.equal(throughputOf({ bodyMs: Number.NaN }), undefined);
    assert.equal(throughputOf({ bodyMs: 50, firstPieceBytes: 60 * KIBIBYTE }), undefined);
  });
  test("below the floor right bytes are no good", () => {
    const floor = 400 * KIBIBYTE;
    assert.equal(paced({ bodyMs: 1_000 }, floor).reason, "right-length");
    assert.deepEqual(paced({ bodyMs: 1_001 }, floor), {
      ok: false,
      reason: "too-slow",
      isFact: false,
    });
  });
});
