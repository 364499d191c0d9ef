import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { metadataOf } from "./cache-store.battery.ts";
import { decodeFooter, decodeMetadata, encodeTail, FOOTER_BYTES } from "./disk-record.ts";

const RECORD = { metadata: metadataOf("/ä", 1_000), bodyBytes: 1_000, bodyChecksum: 0xdeadbeef };
const TAIL = encodeTail(RECORD);
const FILE_BYTES = RECORD.bodyBytes + TAIL.length;

function read(tail: Buffer, fileBytes = FILE_BYTES) {
  const footer = decodeFooter(tail.subarray(-FOOTER_BYTES), fileBytes);
  if (typeof footer === "string") return footer;
  return decodeMetadata(tail.subarray(0, -FOOTER_BYTES), footer);
}

describe("a disk record", () => {
  test("reads back what was written", () =>
    assert.deepEqual(read(TAIL), { ok: true, record: RECORD }));
  test("is refused in a file of another length", () => {
    assert.equal(read(TAIL, FILE_BYTES - 1), "wrong-length");
    assert.equal(read(TAIL, FILE_BYTES + 1), "wrong-length");
  });
  test("is refused with metadata that some other version wrote", () => {
    const { freshForMs, ...older } = RECORD.metadata;
    const tail = encodeTail({ ...RECORD, metadata: older as typeof RECORD.metadata });
    assert.deepEqual(read(tail, RECORD.bodyBytes + tail.length), {
      ok: false,
      fault: "metadata-foreign",
    });
  });
  test("is refused with any one bit flipped", () => {
    for (let bit = 0; bit < TAIL.length * 8; bit += 1) {
      const damaged = Buffer.from(TAIL);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const reading = read(damaged);
      assert.ok(typeof reading === "string" || !reading.ok, `bit ${bit}`);
    }
  });
});
