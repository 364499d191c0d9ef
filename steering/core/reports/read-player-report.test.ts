import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readPlayerReport } from "./read-player-report.ts";

const RESPONSE = { v: 2, e: "rr", rc: 200, ot: "v", br: [3_200], d: 4_000, ttlb: 1_000, ts: 1 };

describe("a response", () => {
  for (const [rc, request] of [
    [0, "failed"],
    [200, "answered"],
    [399, "answered"],
    [400, "failed"],
    [503, "failed"],
    [-1, undefined],
    [1_000, undefined],
    [Number.NaN, undefined],
    ["200", undefined],
    [undefined, undefined],
  ] as const) {
    test(`with ${rc} was ${request}`, () =>
      assert.equal(readPlayerReport({ ...RESPONSE, rc }).request, request));
  }
  test("is told by its event alone", () =>
    assert.equal(readPlayerReport({ ...RESPONSE, e: "t" }).request, undefined));
});

describe("throughput", () => {
  for (const [name, changes, bitsPerSecond] of [
    ["is what the object took", {}, 12_800_000],
    ["is that rather than the player's estimate", { mtp: [500] }, 12_800_000],
    ["of several tracks is that of all", { br: [3_000, { value: 200, params: {} }] }, 12_800_000],
    ["of a playlist is the estimate", { ot: "m", mtp: [500] }, 500_000],
    ["of a failed request is the estimate", { rc: 0, mtp: [500] }, 500_000],
    ["of a small object is the estimate", { d: 639, mtp: [500] }, 500_000],
    ["of one of 256 KiB is what it took", { d: 640, mtp: [500] }, 2_048_000],
    ["of a small object is none without one", { br: [240], d: 2_000, ttlb: 20 }, undefined],
    ["of the estimates is the best", { e: "t", mtp: [500, { value: 900 }] }, 900_000],
    ["of version 1 is one number", { e: undefined, mtp: 500 }, 500_000],
    ["of nothing is none", { e: "t" }, undefined],
    ["below none is none", { e: "t", mtp: [-5] }, undefined],
    ["that is absurd is none", { e: "t", mtp: [1e12] }, undefined],
    ["that is no number is none", { e: "t", mtp: [Number.NaN, "x", null, {}] }, undefined],
    ["in no time is none", { ttlb: 0 }, undefined],
    ["is at most what there may be", { br: [100_000_000], d: 600_000, ttlb: 1 }, 1e11],
  ] as const) {
    test(name, () =>
      assert.equal(
        readPlayerReport({ ...RESPONSE, ...changes }).throughputBitsPerSecond,
        bitsPerSecond,
      ),
    );
  }
});

describe("a stall", () => {
  for (const [name, data, hasStalled] of [
    ["is a state", { sta: "r" }, true],
    ["is a mark", { bs: true }, true],
    ["is a duration", { bsd: [1_200] }, true],
    ["is no other state", { sta: "p" }, false],
    ["is no other mark", { bs: "yes" }, false],
    ["of no time is none", { bsd: [0] }, false],
    ["of negative time is none", { bsd: [-5] }, false],
  ] as const) {
    test(name, () => assert.equal(readPlayerReport(data).hasStalled, hasStalled));
  }
});

describe("what served", () => {
  test("is named by our own key before the CDN's", () =>
    assert.deepEqual(
      readPlayerReport({ cdn: "akamai", "com.understudy-pathway": "east-1" }).names,
      ["east-1", "akamai"],
    ));
  test("has no endless name", () => {
    const report = readPlayerReport({ cdn: "x".repeat(129), url: "x".repeat(2_049), h: "" });
    assert.deepEqual([report.names, report.url, report.hostname], [[], undefined, undefined]);
  });
});

test("whatever a player writes, every number is finite and not negative", () => {
  const anyValue = fc.oneof(
    fc.anything(),
    fc.double(),
    fc.array(fc.oneof(fc.double(), fc.record({ value: fc.double() }))),
  );
  const keys = [
    "e",
    "rc",
    "br",
    "d",
    "ttlb",
    "mtp",
    "sta",
    "bs",
    "bsd",
    "sn",
    "sid",
    "cdn",
    "url",
    "h",
  ];
  const anyReport = fc.record(
    Object.fromEntries(
      keys.map((key) => [key, key === "e" ? fc.constantFrom("rr", "t", 7) : anyValue]),
    ),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anyReport, (data) => {
      const { throughputBitsPerSecond, sequence } = readPlayerReport(data);
      for (const number of [throughputBitsPerSecond ?? 0, sequence ?? 0]) {
        assert.ok(Number.isFinite(number) && number >= 0, String(number));
      }
    }),
  );
});
