import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KeptBytes } from "./kept-bytes.ts";
import { POLICY, Rig, SEGMENT, TWO } from "./wire.rig.ts";

const bytes = (of: string) => new TextEncoder().encode(of);
const piece = (text: string, fromByte = 0, host = "a", sizeBytes = 6) => ({
  host,
  fromByte,
  bytes: bytes(text),
  sizeBytes,
  etag: undefined,
});
const text = (kept: KeptBytes, segment: string) => {
  const taken = kept.take(segment);
  return taken && new TextDecoder().decode(taken.body.whole());
};

describe("KeptBytes", () => {
  test("grows probe by probe until the segment is whole", () => {
    const kept = new KeptBytes(100);
    assert.equal(kept.nextByteOf("1", "a"), 0);
    kept.add("1", piece("abc"));
    assert.equal(kept.nextByteOf("1", "a"), 3);
    kept.add("1", piece("def", 3));
    assert.equal(kept.nextByteOf("1", "a"), undefined);
    assert.equal(text(kept, "1"), "abcdef");
    assert.equal(kept.wastedBytes, 0);
  });

  test("is whole where the host says that there is no more", () => {
    const kept = new KeptBytes(100);
    kept.add("1", { ...piece("abc"), sizeBytes: undefined });
    assert.equal(kept.nextByteOf("1", "a"), 3);
    kept.end("1");
    assert.equal(kept.nextByteOf("1", "a"), undefined);
    assert.equal(kept.take("1")?.body.held.sizeBytes, 3);
  });

  for (const [what, second] of [
    ["another place than the next", piece("ef", 4)],
    ["another host", piece("def", 3, "b")],
    ["another size", piece("def", 3, "a", 7)],
  ] as const) {
    test(`takes nothing of ${what}`, () => {
      const kept = new KeptBytes(100);
      kept.add("1", piece("abc"));
      kept.add("1", second);
      assert.equal(text(kept, "1"), "abc");
      assert.equal(kept.wastedBytes, second.bytes.length);
    });
  }

  test("has no use for what the player has asked for already", () => {
    const kept = new KeptBytes(100);
    assert.equal(text(kept, "1"), undefined);
    kept.add("1", piece("abc"));
    assert.equal(text(kept, "1"), undefined);
    assert.equal(kept.wastedBytes, 3);
  });

  test("forgets the oldest beyond its limit", () => {
    const kept = new KeptBytes(6);
    for (const segment of ["1", "2", "3"]) kept.add(segment, piece("abc"));
    assert.deepEqual(
      [text(kept, "1"), text(kept, "2"), text(kept, "3")],
      [undefined, "abc", "abc"],
    );
    assert.equal(kept.wastedBytes, 3);
  });

  test("believes a host no more whose bytes were other than everybody's", () => {
    const kept = new KeptBytes(100);
    kept.distrust("a", 3);
    kept.add("1", piece("abc"));
    assert.equal(text(kept, "1"), undefined);
    kept.add("2", piece("abc", 0, "b"));
    assert.equal(text(kept, "2"), "abc");
  });
});

describe("what probes bring", () => {
  /** Playback is on b, and a has been probed once since it recovered. */
  async function probed(segment: Uint8Array<ArrayBuffer>, ms = 1_100): Promise<Rig> {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await rig.load("http://a/1.m4s");
    rig.set("a", { does: "serve", segment });
    await rig.pass(ms);
    rig.requests.length = 0;
    return rig;
  }

  test("is where the segment's request begins", async () => {
    const rig = await probed(SEGMENT);
    const delivery = await rig.load(TWO);
    assert.deepEqual(new Uint8Array(delivery.body), SEGMENT);
    assert.equal(delivery.pathway, "b");
    assert.deepEqual(
      rig.requests.map(({ host, range }) => [host, range]),
      [["b", "bytes=900-"]],
    );
    assert.equal(rig.transport.snapshot().bytes.probing, 0);
    assert.deepEqual(rig.all("resume"), [], "nothing was interrupted");
  });

  test("is given up where it is another body, and not kept again", async () => {
    const other = SEGMENT.map((byte) => byte ^ 0xff);
    const rig = await probed(other);
    assert.deepEqual(new Uint8Array((await rig.load(TWO)).body), SEGMENT);
    assert.deepEqual(
      rig.requests.map(({ range }) => range),
      ["bytes=900-", undefined],
    );
    assert.equal(rig.transport.snapshot().bytes.probing, SEGMENT.length);
    rig.requests.length = 0;
    await rig.pass(1_000);
    await rig.load("http://a/low/0.m4s");
    assert.equal(rig.requests.findLast(({ host }) => host === "b")?.range, undefined);
  });

  test("goes on where the last probe ended", async () => {
    const rig = await probed(new Uint8Array(100_000), 0);
    await rig.pass(2_500);
    const probes = rig.requests.filter(({ host }) => host === "a");
    const { probeBytes } = POLICY;
    assert.deepEqual(
      probes.map(({ range }) => range),
      [`bytes=0-${probeBytes - 1}`, `bytes=${probeBytes}-${2 * probeBytes - 1}`],
    );
  });
});
