import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { metadataOf, TEST_INDEX, testCacheStore } from "./cache-store.battery.ts";
import { RamStore } from "./ram-store.ts";

testCacheStore("RamStore", {
  open: async (_, maxBytes) => new RamStore({ ...TEST_INDEX, maxBytes, now: () => 1 }),
  overheadBytes: 1024,
});

const BODY_BYTES = 10_000;
/** With what each costs beside its body. */
const OBJECT_BYTES = BODY_BYTES + 1024;

test("what is known of an object takes room as its body does: a long name, many fields, many variants", () => {
  const plain = metadataOf("/a", 0);
  for (const large of [
    { ...plain, key: `/a?${"x".repeat(4_000)}` },
    { ...plain, fields: { ...plain.fields, "surrogate-key": "x".repeat(4_000) } },
    { ...plain, variants: [{ names: ["accept"], key: `/a vary ${"x".repeat(4_000)}` }] },
  ]) {
    const store = new RamStore({ ...TEST_INDEX, maxBytes: 100_000, now: () => 1 });
    store.write(large, Buffer.alloc(0));
    assert.ok(store.usage().usedBytes > 4_000);
  }
});

function openFor(objects: number) {
  const store = new RamStore({ ...TEST_INDEX, maxBytes: objects * OBJECT_BYTES, now: () => 1 });
  const fill = (key: string) => {
    store.write(metadataOf(key, BODY_BYTES), Buffer.alloc(BODY_BYTES));
    return store;
  };
  const held = (key: string) => {
    const object = store.read(key);
    assert.ok(object);
    store.hold(object);
    return object;
  };
  return { store, fill, held };
}

describe("a body that is being sent for long", () => {
  test("counts on when it is forgotten, and takes the place of others", () => {
    const { store, fill, held } = openFor(3);
    fill("/a");
    const object = held("/a");
    for (const key of ["/b", "/c", "/d"]) fill(key);
    assert.deepEqual([...store.keys()].sort(), ["/c", "/d"]);
    assert.equal(store.usage().usedBytes, 2 * OBJECT_BYTES + BODY_BYTES);

    store.release(object);
    assert.equal(store.usage().usedBytes, 2 * OBJECT_BYTES);
    assert.equal(fill("/e").usage().objects, 3);
  });

  test("counts once however many it is sent to, until the last of them has it", () => {
    const { store, fill, held } = openFor(2);
    fill("/a");
    const [first, second] = [held("/a"), held("/a")];
    store.remove("/a");
    assert.equal(store.usage().usedBytes, BODY_BYTES);
    store.release(first);
    assert.equal(store.usage().usedBytes, BODY_BYTES);
    store.release(second);
    assert.equal(store.usage().usedBytes, 0);
  });

  test("counts though it was evicted before anybody said so, or never taken in", () => {
    const { store, fill } = openFor(3);
    for (const key of ["/b", "/c", "/d"]) fill(key);
    const bytes = Buffer.alloc(BODY_BYTES);
    const object = { kind: "memory", metadata: metadataOf("/a", BODY_BYTES), bytes } as const;
    store.hold(object);
    assert.deepEqual([store.forgottenBytes, store.usage().objects], [BODY_BYTES, 2]);
    assert.equal(store.hasRoomBesideHeld(OBJECT_BYTES), false);
    store.release(object);
    assert.deepEqual([store.forgottenBytes, store.usage().objects], [0, 2]);
    assert.equal(store.hasRoomBesideHeld(OBJECT_BYTES), true);
  });

  test("costs nothing more while it is kept", () => {
    const { store, fill, held } = openFor(2);
    fill("/a");
    const object = held("/a");
    assert.equal(store.usage().usedBytes, OBJECT_BYTES);
    store.release(object);
    assert.equal(store.usage().usedBytes, OBJECT_BYTES);
    assert.throws(() => store.release(object), RangeError);
  });
});
