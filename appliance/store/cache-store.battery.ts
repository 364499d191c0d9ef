/** What every store must do, whatever it keeps its objects on. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Random, seededRandom } from "../../kernel/seeded-random.ts";
import { newCacheIndex } from "../core/eviction/new-cache-index.ts";
import { objectTraitsOf } from "../core/eviction/object-traits.ts";
import { describeAnswer, type StoredMetadata } from "../core/stored-metadata.ts";
import type { CacheStore, StoredObject } from "./cache-store.ts";

export type BatteryOptions = {
  /** Opens an empty store of this size, ready to be used. */
  readonly open: (t: TestContext, maxBytes: number) => Promise<CacheStore>;
  /** What an object may cost beyond its body. */
  readonly overheadBytes: number;
};

export function testCacheStore(name: string, { open, overheadBytes }: BatteryOptions): void {
  describe(`${name} as a cache store`, () => {
    const roomFor = (objects: number, bodyBytes: number) => objects * (bodyBytes + overheadBytes);

    test("gives back what was written", async (t) => {
      const store = await open(t, 1_000_000);
      await put(store, "/a", "the bytes");
      assert.equal(await textOf(store, "/a"), "the bytes");
      assert.equal(store.peek("/a")?.fields["content-type"], "video/mp4");
    });

    test("gives back an empty body", async (t) => {
      const store = await open(t, 1_000_000);
      await put(store, "/empty", "");
      assert.equal(await textOf(store, "/empty"), "");
    });

    test("does not have what was never written", async (t) => {
      const store = await open(t, 1_000_000);
      assert.equal(await store.read("/a"), undefined);
      assert.equal(store.peek("/a"), undefined);
    });

    test("has the newer of two", async (t) => {
      const store = await open(t, 1_000_000);
      await put(store, "/a", "old");
      await put(store, "/a", "new");
      assert.equal(await textOf(store, "/a"), "new");
      assert.equal(store.usage().objects, 1);
    });

    test("forgets what is removed, and counts its bytes no more", async (t) => {
      const store = await open(t, 1_000_000);
      await put(store, "/a", "x");
      store.remove("/a");
      assert.equal(await store.read("/a"), undefined);
      assert.equal(store.usage().objects, 0);
    });

    test("does not keep what is removed while it is being written", async (t) => {
      const store = await open(t, 1_000_000);
      const writing = put(store, "/a", "x");
      store.remove("/a");
      await writing;
      assert.equal(await store.read("/a"), undefined);
      assert.equal(store.usage().objects, 0);
      await put(store, "/a", "y");
      assert.equal(await textOf(store, "/a"), "y");
    });

    test("forgets first what was not used for longest", async (t) => {
      const store = await open(t, roomFor(2, 5_000) + 100);
      for (const key of ["/a", "/b"]) await put(store, key, "x".repeat(5_000));
      await store.read("/a");
      await put(store, "/c", "x".repeat(5_000));
      assert.deepEqual(
        ["/a", "/b", "/c"].filter((key) => store.peek(key) !== undefined),
        ["/a", "/c"],
      );
    });

    test("refuses what is larger than itself, and keeps no older version of it", async (t) => {
      const store = await open(t, roomFor(1, 5_000));
      await put(store, "/a", "old");
      const outcome = await store.write(metadataOf("/a", 90_000), Buffer.alloc(90_000));
      assert.deepEqual(outcome, { isKept: false, reason: "too-large" });
      assert.equal(await store.read("/a"), undefined);
    });

    test("names all that it holds", async (t) => {
      const store = await open(t, 1_000_000);
      for (const key of ["/a", "/b", "/c"]) await put(store, key, "x");
      store.remove("/b");
      assert.deepEqual([...store.keys()].sort(), ["/a", "/c"]);
    });

    test("takes over refreshed metadata and keeps the bytes", async (t) => {
      const store = await open(t, 1_000_000);
      await put(store, "/a", "the bytes");
      const stored = store.peek("/a");
      assert.ok(stored);
      store.refresh({ ...stored, freshForMs: 77 }, stored);
      const object = await store.read("/a");
      assert.equal(object?.metadata.freshForMs, 77);
      assert.equal(await textOf(store, "/a"), "the bytes");
    });

    test("leaves alone another version than the one that was found unchanged", async (t) => {
      const store = await open(t, 1_000_000);
      await put(store, "/a", "the old bytes");
      const old = store.peek("/a");
      assert.ok(old);
      await put(store, "/a", "new");
      store.refresh({ ...old, freshForMs: 77 }, old);
      const object = await store.read("/a");
      assert.deepEqual([object?.metadata.sizeBytes, object?.metadata.freshForMs], [3, 60_000]);
      assert.equal(await textOf(store, "/a"), "new");
    });

    test("invents nothing when told to refresh what it does not have", async (t) => {
      const store = await open(t, 1_000_000);
      store.refresh(metadataOf("/a", 9), metadataOf("/a", 9));
      assert.equal(store.peek("/a"), undefined);
    });

    test("is never over its limit and never wrong, whatever is written and read", async (t) => {
      const store = await open(t, 60_000);
      const random = seededRandom("churn");
      for (let step = 0; step < 300; step += 1) {
        const key = `/${Math.floor(random() * 20)}`;
        if (random() < 0.5) await put(store, key, bodyFor(key, random));
        else if (random() < 0.1) store.remove(key);
        const { usedBytes, limitBytes } = store.usage();
        assert.ok(usedBytes <= limitBytes, `step ${step}: ${usedBytes} of ${limitBytes}`);
        const text = await textOf(store, key);
        assert.ok(text === undefined || text === key.repeat(text.length / key.length));
      }
    });
  });
}

/** What every store needs to be opened. */
export const TEST_INDEX = {
  newIndex: newCacheIndex("lru"),
  traitsOf: ({ key }: StoredMetadata) => objectTraitsOf({ key }),
  random: () => 1,
};

export function metadataOf(key: string, sizeBytes: number): StoredMetadata {
  const answer = {
    status: 200,
    fields: { "content-type": "video/mp4", "cache-control": "max-age=60" },
    requestedAtWallMs: 1,
    arrivedAtWallMs: 1,
  };
  return describeAnswer(key, answer, sizeBytes, {
    notFoundFreshForMs: 1_000,
    longestAbsentMs: 60_000,
    longestErrorMs: 1_000,
    heuristicRatio: 0.1,
    longestHeuristicMs: 60_000,
    longestPlaylistHeuristicMs: 0,
    disconnectedLifetimes: 2,
    longestDisconnectedMs: 600_000,
  });
}

export function put(store: CacheStore, key: string, text: string) {
  const bytes = Buffer.from(text, "latin1");
  return store.write(metadataOf(key, bytes.length), bytes);
}

export async function textOf(store: CacheStore, key: string): Promise<string | undefined> {
  const object = await store.read(key);
  return object === undefined ? undefined : (await bytesOf(object)).toString("latin1");
}

export async function bytesOf(object: StoredObject): Promise<Buffer> {
  if (object.kind === "memory") return object.bytes;
  const pieces: Buffer[] = [];
  for await (const piece of object.read(0, object.metadata.sizeBytes - 1)) pieces.push(piece);
  object.release();
  return Buffer.concat(pieces);
}

/** The key over and over, so that a body which belongs to another key is noticed. */
function bodyFor(key: string, random: Random): string {
  return key.repeat(1 + Math.floor(random() * 8_000));
}
