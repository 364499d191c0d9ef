/** RAM and disk as one, seen by the edge: what goes up, what is forgotten for good, what is looked at. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Admission } from "../core/admission/admission.ts";
import { newAdmitAlways } from "../core/admission/admit-always.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { metadataOf, TEST_INDEX } from "./cache-store.battery.ts";
import { filesIn, newFolder, type Opening, openStore } from "./disk-store.rig.ts";
import { RamStore } from "./ram-store.ts";
import { Tiers } from "./tiers.ts";

const BODY_BYTES = 5_000;
const RAM_OBJECT_BYTES = BODY_BYTES + 1024;

async function openTiers(
  t: TestContext,
  options: Opening & {
    readonly ramObjects: number;
    readonly folder?: string;
    readonly admission?: Admission;
  },
) {
  const now = () => 1;
  const folder = options.folder ?? (await newFolder(t));
  const { store: disk } = await openStore(folder, { ...options, now });
  const ram = new RamStore({ ...TEST_INDEX, maxBytes: options.ramObjects * RAM_OBJECT_BYTES, now });
  const mayKeep = options.mayKeep ?? (() => true);
  const admission = options.admission ?? newAdmitAlways({ random: () => 1 });
  const tiers = new Tiers({ ...TEST_INDEX, ram, disk, admission, mayKeep });
  return {
    tiers,
    disk,
    folder,
    store: async (...keys: string[]) => {
      for (const key of keys) {
        void tiers.write(metadataOf(key, BODY_BYTES), Buffer.alloc(BODY_BYTES, key));
        await disk.settled();
      }
    },
    /** Reads it, and says where it is found the next time. */
    found: async (key: string) => {
      const object = await tiers.read(key);
      assert.ok(object?.kind === "memory");
      assert.ok(object.bytes.equals(Buffer.alloc(BODY_BYTES, key)));
      return tiers.readRam(key) === undefined ? "disk" : "ram";
    },
  };
}

describe("what is read from disk", () => {
  test("goes up to RAM while that has room", async (t) => {
    const { folder, store, disk } = await openTiers(t, { ramObjects: 10 });
    await store("/a");
    await disk.close();
    const { found } = await openTiers(t, { ramObjects: 10, folder });
    assert.equal(await found("/a"), "ram");
  });

  test("washes nothing out of RAM when it is read once", async (t) => {
    const { store, found, tiers } = await openTiers(t, { ramObjects: 2 });
    await store("/a", "/b", "/c", "/d");
    assert.equal(await found("/a"), "disk");
    assert.ok(tiers.readRam("/d"));
  });

  test("goes up when it comes back, again and again, sooner than RAM would have forgotten it", async (t) => {
    const { store, found } = await openTiers(t, { ramObjects: 3 });
    await store("/a", "/b", "/c", "/d", "/e", "/f");
    const places: string[] = [];
    for (const key of ["/a", "/b", "/a", "/b", "/a"]) places.push(await found(key));
    assert.deepEqual(places, ["disk", "disk", "disk", "disk", "ram"]);
  });

  test("only passes through where more is read in turn than RAM holds", async (t) => {
    const { store, found } = await openTiers(t, { ramObjects: 2 });
    await store("/a", "/b", "/c", "/d", "/e", "/f");
    for (let round = 0; round < 5; round += 1) {
      for (const key of ["/a", "/b", "/c", "/d"]) assert.equal(await found(key), "disk");
    }
  });

  test("comes in a buffer of its own or in one that is lent, as RAM wants it or not", async (t) => {
    const { store, tiers } = await openTiers(t, { ramObjects: 2 });
    await store("/a", "/b", "/c");
    for (const expected of ["lent", "lent", "memory"]) {
      const object = await tiers.lend("/a");
      assert.equal(object?.kind, expected);
      assert.ok(object?.kind === "lent" || object?.kind === "memory");
      assert.ok(object.bytes.equals(Buffer.alloc(BODY_BYTES, "/a")));
      if (object.kind === "lent") object.release();
    }
    assert.ok(tiers.readRam("/a"));
    assert.equal(await tiers.lend("/never"), undefined);
  });
});

test("what is not admitted stays in RAM, and its next version may come to the disk", async (t) => {
  const asked = new Set<string>();
  const { store, tiers, disk } = await openTiers(t, {
    ramObjects: 4,
    admission: {
      onRequest: (key) => asked.add(key),
      decide: (key, sizeBytes) => {
        assert.equal(sizeBytes, BODY_BYTES);
        return asked.has(key)
          ? { action: "admit", reason: "asked-before" }
          : { action: "refuse", reason: "first-request" };
      },
    },
  });
  await store("/a", "/b");
  assert.ok(tiers.readRam("/a"));
  assert.deepEqual([...disk.keys()], []);
  tiers.onRequest("/a");
  await store("/a", "/b");
  assert.deepEqual([...disk.keys()], ["/a"]);
});

describe("what is removed", () => {
  test("is gone from both tiers, and from the folder once that is promised", async (t) => {
    const { store, tiers, folder } = await openTiers(t, { ramObjects: 4 });
    await store("/a", "/b");
    tiers.remove("/a");
    await tiers.removed();
    assert.equal(tiers.peek("/a"), undefined);
    assert.equal((await filesIn(folder)).length, 1);
    assert.ok(tiers.peek("/b"));
  });

  test("does not come in while it may not be kept, neither into RAM nor onto disk", async (t) => {
    const mayKeep = ({ key }: StoredMetadata) => key !== "/a";
    const { store, tiers, folder } = await openTiers(t, { ramObjects: 4, mayKeep });
    await store("/a", "/b");
    assert.equal(tiers.peek("/a"), undefined);
    assert.equal((await filesIn(folder)).length, 1);
  });

  test("is not kept if that was forbidden while it was being written", async (t) => {
    let mayKeepIt = true;
    const { tiers, disk, folder } = await openTiers(t, {
      ramObjects: 0.5,
      mayKeep: () => mayKeepIt,
    });
    const written = tiers.write(metadataOf("/a", BODY_BYTES), Buffer.alloc(BODY_BYTES));
    mayKeepIt = false;
    await written;
    await disk.settled();
    assert.equal(tiers.peek("/a"), undefined);
    assert.deepEqual(await filesIn(folder), []);
  });
});

test("what is removed while it is being read does not come back through RAM", async (t) => {
  const { store, tiers, disk, folder } = await openTiers(t, { ramObjects: 4 });
  await store("/a");
  await disk.close();
  const again = await openTiers(t, { ramObjects: 4, folder });
  const reading = again.tiers.read("/a");
  again.tiers.remove("/a");
  await reading;
  assert.equal(again.tiers.peek("/a"), undefined);
  assert.ok(tiers.peek("/a"));
});

test("all that is stored is looked at, though some of it goes meanwhile", async (t) => {
  const { store, tiers } = await openTiers(t, { ramObjects: 2 });
  await store("/a", "/b", "/c", "/d");
  const seen: string[] = [];
  await tiers.lookAtAll(({ key }) => {
    seen.push(key);
    if (key === "/d") tiers.remove("/a");
  });
  assert.deepEqual(new Set(seen), new Set(["/b", "/c", "/d"]));
});
