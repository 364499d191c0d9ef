/** The journal seen through the store that it is for: what a start finds, and what it has to look into. */
import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { copyFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { seededRandom } from "../../kernel/seeded-random.ts";
import { metadataOf, put, textOf } from "./cache-store.battery.ts";
import { JOURNAL_NAME } from "./disk-journal.ts";
import {
  bytesIn,
  filesIn,
  flip,
  newFolder,
  type Opening,
  openStore,
  POLICY,
} from "./disk-store.rig.ts";
import type { DiskStore } from "./disk-store.ts";

const KEYS = ["/a", "/b", "/c", "/d"];

/** A store whose journal is written when the test says so, and which is left as if killed. */
async function openWithClock(folder: string, opening: Opening = {}) {
  let nowMs = 1;
  const opened = await openStore(folder, { ...opening, now: () => nowMs });
  const commit = async () => {
    nowMs += POLICY.journal.commitEveryMs;
    opened.store.tick(nowMs);
    await opened.store.settled();
  };
  return { ...opened, commit };
}

async function openCounting(folder: string) {
  const opened: string[] = [];
  const fileSystem = {
    ...nodeFileSystem,
    open: (...given: Parameters<typeof nodeFileSystem.open>) => {
      opened.push(String(given[0]).split("/").at(-1) ?? "");
      return nodeFileSystem.open(...given);
    },
  };
  const { store } = await openStore(folder, { fileSystem });
  return { store, lookedInto: opened.filter((name) => name.endsWith(".object")) };
}

async function folderWith(t: TestContext, keys: readonly string[]) {
  const folder = await newFolder(t);
  const rig = await openWithClock(folder);
  for (const key of keys) await put(rig.store, key, key.repeat(1_000));
  await rig.commit();
  return { folder, journal: join(folder, JOURNAL_NAME), ...rig };
}

async function textsOf(store: DiskStore, keys = KEYS) {
  return Promise.all(keys.map((key) => textOf(store, key)));
}

describe("a start with a journal", () => {
  test("looks into no file, and has everything", async (t) => {
    const { folder } = await folderWith(t, KEYS);
    const { store, lookedInto } = await openCounting(folder);
    assert.deepEqual(lookedInto, []);
    assert.deepEqual(
      await textsOf(store),
      KEYS.map((key) => key.repeat(1_000)),
    );
  });

  test("looks into what was stored after the last commit", async (t) => {
    const { folder, store: first } = await folderWith(t, KEYS);
    await put(first, "/late", "the bytes");
    const { store, lookedInto } = await openCounting(folder);
    assert.equal(lookedInto.length, 1);
    assert.equal(await textOf(store, "/late"), "the bytes");
  });

  test("does not bring back what was removed, whether or not that was written down", async (t) => {
    const { folder, store: first, commit } = await folderWith(t, KEYS);
    first.remove("/a");
    await commit();
    first.remove("/b");
    await first.removed();
    const { store } = await openCounting(folder);
    assert.deepEqual([...store.keys()].sort(), ["/c", "/d"]);
  });

  test("does not bring back what was removed while somebody still read it", async (t) => {
    const folder = await newFolder(t);
    const { store: first } = await openWithClock(folder, { policy: { wholeReadBytes: 0 } });
    await put(first, "/a", "the bytes");
    const object = await first.read("/a");
    assert.ok(object?.kind === "file");
    first.remove("/a");
    await first.removed();
    assert.ok(first.usage().usedBytes > 0);
    const { store } = await openCounting(folder);
    assert.equal(store.peek("/a"), undefined);
    object.release();
    await first.settled();
    assert.equal(first.usage().usedBytes, 0);
  });

  test("deletes a file whose removal was written down but not carried out", async (t) => {
    const { folder, store: first, commit } = await folderWith(t, ["/a"]);
    const [name = ""] = await filesIn(folder);
    await copyFile(join(folder, name), join(folder, "kept-aside"));
    first.remove("/a");
    await commit();
    await copyFile(join(folder, "kept-aside"), join(folder, name));
    const { store } = await openStore(folder);
    assert.equal(store.peek("/a"), undefined);
    assert.deepEqual(await filesIn(folder), ["kept-aside"]);
  });

  test("has metadata as they were refreshed last", async (t) => {
    const { folder, store: first, commit } = await folderWith(t, KEYS);
    const stored = first.peek("/b");
    assert.ok(stored);
    first.refresh({ ...stored, freshForMs: 77 }, stored);
    await commit();
    const { store } = await openCounting(folder);
    assert.equal(store.peek("/b")?.freshForMs, 77);
    assert.equal(await textOf(store, "/b"), "/b".repeat(1_000));
  });

  test("forgets first what was not used for longest before the stop", async (t) => {
    const { folder, store: first } = await folderWith(t, KEYS);
    await textOf(first, "/a");
    await first.close();
    const roomForThree = { maxBytes: 3 * 2_600 };
    const { store } = await openStore(folder, { policy: roomForThree });
    assert.deepEqual([...store.keys()].sort(), ["/a", "/c", "/d"]);
  });

  test("goes on with it: what is stored later is found as well", async (t) => {
    const { folder } = await folderWith(t, ["/a"]);
    for (const key of ["/b", "/c", "/d"]) {
      const { store, commit } = await openWithClock(folder);
      await put(store, key, key.repeat(1_000));
      await commit();
    }
    const { store, lookedInto } = await openCounting(folder);
    assert.deepEqual([lookedInto, [...store.keys()].sort()], [[], KEYS]);
  });

  test("keeps only what may be kept", async (t) => {
    const { folder } = await folderWith(t, KEYS);
    const mayKeep = ({ key }: { readonly key: string }) => key !== "/b";
    const { store } = await openStore(folder, { mayKeep });
    assert.deepEqual([...store.keys()].sort(), ["/a", "/c", "/d"]);
    assert.equal((await filesIn(folder)).length, 3);
  });

  test("takes what was removed before it was found for removed", async (t) => {
    const { folder } = await folderWith(t, KEYS);
    const { store } = await openStore(folder, { onOpened: (opened) => opened.remove("/a") });
    assert.deepEqual([...store.keys()].sort(), ["/b", "/c", "/d"]);
  });
});

describe("a journal that is wrong", () => {
  const random = seededRandom("damage");
  const at = (file: Buffer) => Math.floor(random() * file.length);
  for (const [fault, damage] of Object.entries({
    empty: () => Buffer.alloc(0),
    "cut short": (file: Buffer) => file.subarray(0, at(file)),
    "all zeros": (file: Buffer) => Buffer.alloc(file.length),
    "zeroed from somewhere on": (file: Buffer) => Buffer.from(file).fill(0, at(file)),
    "with a flipped bit": (file: Buffer) => flip(file, at(file)),
    "with something behind it": (file: Buffer) => Buffer.concat([file, Buffer.from("more")]),
    "something else": () => Buffer.from("holiday greetings ".repeat(100)),
  })) {
    test(`costs time and nothing else: ${fault}`, async (t) => {
      const { folder, journal, store: first, commit } = await folderWith(t, ["/a", "/b"]);
      for (const key of ["/c", "/d"]) await put(first, key, key.repeat(1_000));
      await commit();
      await writeFile(journal, damage(await readFile(journal)));

      const { store, commit: commitAgain } = await openWithClock(folder);
      assert.deepEqual(
        await textsOf(store),
        KEYS.map((key) => key.repeat(1_000)),
      );
      assert.equal(store.usage().usedBytes, await bytesIn(folder));
      await commitAgain();
      assert.deepEqual((await openCounting(folder)).lookedInto, []);
    });
  }

  test("is found out where it is older than the files", async (t) => {
    const { folder, journal, store: first, commit } = await folderWith(t, ["/a", "/b", "/c"]);
    await copyFile(journal, `${journal}.old`);
    await put(first, "/a", "newer");
    first.remove("/b");
    await put(first, "/d", "/d".repeat(1_000));
    await commit();
    await copyFile(`${journal}.old`, journal);
    await rm(`${journal}.old`);

    const { store } = await openStore(folder);
    assert.deepEqual(await textsOf(store), [
      "newer",
      undefined,
      "/c".repeat(1_000),
      "/d".repeat(1_000),
    ]);
    assert.equal(store.usage().usedBytes, await bytesIn(folder));
  });

  test("is found out where it tells of another object than the file holds", async (t) => {
    const { folder } = await folderWith(t, ["/a", "/b"]);
    const [one = "", other = ""] = await filesIn(folder);
    const [first, second] = [
      await readFile(join(folder, one)),
      await readFile(join(folder, other)),
    ];
    assert.equal(first.length, second.length);
    await writeFile(join(folder, one), second);
    await writeFile(join(folder, other), first);
    const { store, warnings } = await openStore(folder);
    assert.deepEqual(await textsOf(store, ["/a", "/b"]), [undefined, undefined]);
    assert.equal(warnings.length, 2);
  });
});

test("a journal that somebody deletes is written anew, and nobody notices", async (t) => {
  const { folder, journal, store: first, commit } = await folderWith(t, ["/a", "/b", "/c"]);
  await rm(journal);
  await put(first, "/d", "/d".repeat(1_000));
  await commit();
  assert.equal(first.health.state, "ok");
  await commit();
  assert.equal(first.usage().usedBytes, await bytesIn(folder));
  const { store, lookedInto } = await openCounting(folder);
  assert.deepEqual([lookedInto, [...store.keys()].sort()], [[], KEYS]);
});

test("a journal waits for room that readers still hold", async (t) => {
  const folder = await newFolder(t);
  const policy = { maxBytes: 60_000, wholeReadBytes: 0 };
  const { store, commit } = await openWithClock(folder, { policy });
  const [large, small] = [30_000, 29_300];
  await put(store, "/large", "x".repeat(large));
  const object = await store.read("/large");
  assert.ok(object?.kind === "file");
  await put(store, "/small", "x".repeat(small));
  store.remove("/large");
  await commit();
  assert.ok(store.usage().usedBytes <= policy.maxBytes);
  object.release();
  await store.settled();
  await commit();
  await commit();
  assert.ok((await readdir(folder)).includes(JOURNAL_NAME));
  assert.equal(store.usage().usedBytes, await bytesIn(folder));
});

describe("the size of a journal", () => {
  test("is bounded, however often the same objects come and go", async (t) => {
    const folder = await newFolder(t);
    const { store, commit } = await openWithClock(folder);
    const sizes: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      for (const key of KEYS) await put(store, key, `${round}`);
      await commit();
      sizes.push((await stat(join(folder, JOURNAL_NAME))).size);
      assert.equal(store.usage().usedBytes, await bytesIn(folder));
    }
    assert.ok(Math.max(...sizes) < 2 * POLICY.journal.rewriteAfterBytes, `${Math.max(...sizes)}`);
  });

  test("is not more than its share of the disk: rather than that there is none", async (t) => {
    const folder = await newFolder(t);
    const policy = { maxBytes: 2_000 };
    const { store, commit } = await openWithClock(folder, { policy });
    await put(store, "/a", "x");
    await commit();
    await put(store, "/b", "x");
    await commit();
    assert.deepEqual([...store.keys()].sort(), ["/a", "/b"]);
    assert.ok(!(await readdir(folder)).includes(JOURNAL_NAME));
    assert.equal(store.usage().usedBytes, await bytesIn(folder));
  });
});

test("an object that was found keeps what its metadata said, field by field", async (t) => {
  const { folder } = await folderWith(t, ["/a"]);
  const { store } = await openStore(folder);
  assert.deepEqual(store.peek("/a"), metadataOf("/a", 2_000));
});
