import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { boxOf, initOf, segmentOf } from "./made-up-boxes.rig.ts";
import { readDecodeTime, readTimescale } from "./track-clock.ts";

describe("readTimescale()", () => {
  for (const version of [0, 1] as const) {
    test(`reads version ${version} of the header`, () =>
      assert.equal(readTimescale(initOf(48_000, { version })), 48_000));
  }
  for (const [name, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["a text", Buffer.from("a film audio init")],
    ["a clock that stands", initOf(0)],
    ["no track", initOf(1_000, { tracks: 0 })],
    ["two tracks", initOf(1_000, { tracks: 2 })],
    ["a header cut off", initOf(1_000).subarray(0, -1)],
    ["a box of size 0", Buffer.concat([Buffer.alloc(8), initOf(1_000)])],
  ] as const) {
    test(`reads none from ${name}`, () => assert.equal(readTimescale(bytes), undefined));
  }
});

describe("readDecodeTime()", () => {
  for (const version of [0, 1] as const) {
    test(`reads version ${version} of the box`, () =>
      assert.equal(readDecodeTime(segmentOf(96_256, "", version)), 96_256));
  }
  test("reads times beyond 32 bits", () =>
    assert.equal(readDecodeTime(segmentOf(2 ** 40)), 2 ** 40));
  test("takes the first of several fragments", () =>
    assert.equal(readDecodeTime(Buffer.concat([segmentOf(5), segmentOf(7)])), 5));
  test("needs no more than the head of the file", () => {
    const segment = segmentOf(5, "x".repeat(100));
    assert.equal(readDecodeTime(segment.subarray(0, -90)), 5);
  });
  test("reads from the middle of a buffer", () => {
    const segment = segmentOf(5);
    const padded = Buffer.concat([Buffer.alloc(3, 0xff), segment]);
    assert.equal(readDecodeTime(padded.subarray(3)), 5);
  });
  const tooShort = (bytes: number) =>
    boxOf("moof", boxOf("traf", boxOf("tfdt", Buffer.from([1, ...Buffer.alloc(bytes - 1)]))));
  for (const [name, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["an init section", initOf(1_000)],
    ["a time that no number holds exactly", segmentOf(2 ** 60)],
    ["a box of 7 bytes", tooShort(7)],
    ["a box of version 1 of 11 bytes", tooShort(11)],
  ] as const) {
    test(`reads none from ${name}`, () => assert.equal(readDecodeTime(bytes), undefined));
  }
});

test("what was written is read again, whatever the version", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 0xffff_ffff }),
      fc.constantFrom(0 as const, 1 as const),
      (ticks, version) => {
        assert.equal(readTimescale(initOf(ticks, { version })), ticks);
        assert.equal(readDecodeTime(segmentOf(ticks, "", version)), ticks);
      },
    ),
  ));

test("any bytes are read to an end, and damaged ones too", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(200), (noise, at) => {
      for (const whole of [initOf(9, { version: 1 }), segmentOf(9)]) {
        const damaged = Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)]);
        for (const ticks of [readTimescale(damaged), readDecodeTime(damaged)]) {
          assert.ok(ticks === undefined || Number.isSafeInteger(ticks));
        }
      }
    }),
  ));
