import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { metadataOf } from "./cache-store.battery.ts";
import {
  decodeFrameContent,
  decodeFrameHeader,
  encodeFrame,
  FRAME_HEADER_BYTES,
  type JournalEntry,
} from "./journal-frame.ts";

const ENTRIES: readonly JournalEntry[] = [
  {
    kind: "stored",
    name: "0123456789ab-1.object",
    sizeBytes: 1_400,
    bodyBytes: 1_000,
    bodyChecksum: 0xdeadbeef,
    metadata: metadataOf("/ä", 1_000),
  },
  { kind: "refreshed", name: "0123456789ab-1.object", metadata: metadataOf("/ä", 1_000) },
  { kind: "removed", name: "0123456789ab-1.object" },
];

async function decode(frame: Buffer) {
  const header = decodeFrameHeader(frame.subarray(0, FRAME_HEADER_BYTES));
  if (header === undefined) return undefined;
  const content = frame.subarray(FRAME_HEADER_BYTES);
  return content.length === header.contentBytes ? decodeFrameContent(content, header) : undefined;
}

/** As intact as a frame can be with this in it. */
function decodeContentOf(text: string) {
  const content = deflateRawSync(text);
  const header = { contentBytes: content.length, contentChecksum: crc32(content) };
  return decodeFrameContent(content, header);
}

describe("a frame of the journal", () => {
  test("reads back what was written", async () =>
    assert.deepEqual(await decode(await encodeFrame(ENTRIES)), ENTRIES));

  test("is refused with any one bit flipped", async () => {
    const frame = await encodeFrame(ENTRIES);
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const damaged = Buffer.from(frame);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.equal(await decode(damaged), undefined, `bit ${bit}`);
    }
  });

  test("is refused wherever it is cut", async () => {
    const frame = await encodeFrame(ENTRIES);
    for (let length = 0; length < frame.length; length += 1) {
      assert.equal(await decode(frame.subarray(0, length)), undefined, `${length} bytes`);
    }
  });

  test("is refused where it holds something else, however intact", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        const text = JSON.stringify([value]);
        assert.equal(await decodeContentOf(text), undefined, text);
      }),
    );
  });

  for (const [flaw, entry] of [
    ["no name", { ...ENTRIES[0], name: undefined }],
    ["an unknown kind", { ...ENTRIES[0], kind: "moved" }],
    ["a negative size", { ...ENTRIES[0], bodyBytes: -1 }],
    ["a body larger than its file", { ...ENTRIES[0], bodyBytes: 1_401 }],
    ["no metadata", { ...ENTRIES[1], metadata: {} }],
    ["no JSON", undefined],
  ] as const) {
    test(`is refused with ${flaw}`, async () => {
      const text = entry === undefined ? "[" : JSON.stringify([entry]);
      assert.equal(await decodeContentOf(text), undefined);
    });
  }

  test("never throws, whatever the bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await decode(Buffer.from(bytes));
        const content = Buffer.from(bytes);
        await decodeFrameContent(content, {
          contentBytes: content.length,
          contentChecksum: crc32(content),
        });
      }),
    );
  });
});
