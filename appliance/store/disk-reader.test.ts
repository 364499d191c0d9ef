/** Bodies that are lent, seen through the store. */
import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { truncate } from "node:fs/promises";
import { describe, test } from "node:test";
import { bytesOf, put } from "./cache-store.battery.ts";
import { newFolder, onlyFile, openStore } from "./disk-store.rig.ts";

const BUFFER_BYTES = 64 * 1024;

async function lend(store: Awaited<ReturnType<typeof openStore>>["store"], key: string) {
  const object = await store.lend(key);
  assert.ok(object?.kind === "lent", `${key} is ${object?.kind}`);
  return object;
}

describe("a body that is lent", () => {
  test("is the object's, and its buffer is used again once it is released", async (t) => {
    const { store } = await openStore(await newFolder(t));
    await put(store, "/a", "a".repeat(1_000));
    await put(store, "/b", "b".repeat(1_000));
    const first = await lend(store, "/a");
    assert.equal(first.bytes.toString(), "a".repeat(1_000));
    first.release();
    const second = await lend(store, "/b");
    assert.equal(second.bytes.toString(), "b".repeat(1_000));
    assert.equal(second.bytes.buffer, first.bytes.buffer);
  });

  test("stays as it is while anybody has it, whatever is lent to others", async (t) => {
    const { store } = await openStore(await newFolder(t));
    for (const key of ["/a", "/b", "/c"]) await put(store, key, key.repeat(500));
    const [one, other] = await Promise.all([lend(store, "/a"), lend(store, "/a")]);
    one.release();
    // Releasing it twice takes nothing from the other.
    one.release();
    const more = await Promise.all([lend(store, "/b"), lend(store, "/c")]);
    assert.equal(other.bytes.toString(), "/a".repeat(500));
    for (const object of [other, ...more]) object.release();
  });

  test("is read once for all who want it at a time", async (t) => {
    const folder = await newFolder(t);
    let opened = 0;
    const open: typeof nodeFileSystem.open = (...given) => {
      opened += 1;
      return nodeFileSystem.open(...given);
    };
    const { store } = await openStore(folder, { fileSystem: { ...nodeFileSystem, open } });
    await put(store, "/a", "x");
    opened = 0;
    const readers = await Promise.all([lend(store, "/a"), lend(store, "/a")]);
    const late = await lend(store, "/a");
    assert.equal(opened, 1);
    for (const object of [...readers, late]) object.release();
    (await lend(store, "/a")).release();
    assert.equal(opened, 2);
  });

  test("outlives the object", async (t) => {
    const { store } = await openStore(await newFolder(t));
    await put(store, "/a", "the bytes");
    const object = await lend(store, "/a");
    store.remove("/a");
    assert.equal(object.bytes.toString(), "the bytes");
    object.release();
    assert.equal(await store.lend("/a"), undefined);
  });

  test("is none where too much is lent already: large ones come as a stream", async (t) => {
    const policy = { maxLentBytes: 2 * BUFFER_BYTES };
    const { store } = await openStore(await newFolder(t), { policy });
    for (const key of ["/a", "/b"]) await put(store, key, key.repeat(40_000));
    await put(store, "/small", "x");
    const first = await lend(store, "/a");
    const second = await store.lend("/b");
    assert.ok(second?.kind === "file");
    assert.equal((await bytesOf(second)).toString(), "/b".repeat(40_000));
    assert.equal((await store.lend("/small"))?.kind, "memory");
    // One more reader of what is lent costs nothing.
    (await lend(store, "/a")).release();
    first.release();
    (await lend(store, "/b")).release();
  });

  test("is none where the file is damaged, and the buffer is free again", async (t) => {
    const folder = await newFolder(t);
    const { store } = await openStore(folder);
    await put(store, "/a", "x".repeat(5_000));
    await truncate(await onlyFile(folder), 2_000);
    assert.deepEqual(await Promise.all([store.lend("/a"), store.lend("/a")]), [
      undefined,
      undefined,
    ]);
    assert.equal(store.work.bufferBytes, BUFFER_BYTES);
  });
});
