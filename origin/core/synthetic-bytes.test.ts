import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fillSynthetic } from "./synthetic-bytes.ts";

function bytes(id: string, offset: number, length: number): Uint8Array {
  const target = new Uint8Array(length);
  fillSynthetic(target, id, offset);
  return target;
}

describe("fillSynthetic()", () => {
  test("gives any part as it stands in the whole", () => {
    const whole = bytes("film", 0, 4_096);
    fc.assert(
      fc.property(fc.nat(4_000), fc.nat(96), (offset, length) => {
        assert.deepEqual(bytes("film", offset, length), whole.subarray(offset, offset + length));
      }),
    );
  });
  test("gives other bytes for another id", () =>
    assert.notDeepEqual(bytes("a", 0, 64), bytes("b", 0, 64)));
  test("repeats no block of 64 bytes within 4 MiB", () => {
    const whole = Buffer.from(bytes("film", 0, 4 * 1024 * 1024).buffer);
    const blocks = new Set<string>();
    for (let at = 0; at < whole.length; at += 64) blocks.add(whole.toString("latin1", at, at + 64));
    assert.equal(blocks.size, whole.length / 64);
  });
  test("uses all byte values about equally, so that no proxy can compress it", () => {
    const counts = new Array<number>(256).fill(0);
    for (const value of bytes("film", 0, 256 * 1_024)) counts[value] = (counts[value] ?? 0) + 1;
    for (const count of counts) assert.ok(count > 850 && count < 1_200, `${count}`);
  });
  test("never changes: objects cached last year are still right", () =>
    assert.equal(
      createHash("sha256")
        .update(bytes("film", 3, 100_000))
        .digest("hex"),
      "26af653dd9e3b54f705cf0d233a4782c353e2c280e225cd4004335ff65831983",
    ));
});
