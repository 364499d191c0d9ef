import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { bytesOf, metadataOf, put, testCacheStore, textOf } from "./cache-store.battery.ts";
import { JOURNAL_NAME } from "./disk-journal.ts";
import {
  bytesIn,
  filesIn,
  flip,
  newFolder,
  onlyFile,
  openStore,
  POLICY,
} from "./disk-store.rig.ts";
import type { FileSystem } from "./file-system.ts";

testCacheStore("DiskStore", {
  open: async (t, maxBytes) => {
    const { store } = await openStore(await newFolder(t), { policy: { maxBytes } });
    t.after(() => store.close());
    return store;
  },
  overheadBytes: 400,
});
testCacheStore("DiskStore that streams every body", {
  open: async (t, maxBytes) => {
    const policy = { maxBytes, wholeReadBytes: -1 };
    const { store } = await openStore(await newFolder(t), { policy });
    t.after(() => store.close());
    return store;
  },
  overheadBytes: 400,
});

describe("a disk store that is opened again", () => {
  test("has what it had", async (t) => {
    const folder = await newFolder(t);
    const { store } = await openStore(folder);
    await put(store, "/a", "the bytes");
    await store.close();
    const { store: again } = await openStore(folder);
    assert.equal(await textOf(again, "/a"), "the bytes");
    assert.deepEqual(again.peek("/a"), metadataOf("/a", 9));
  });

  test("forgets first what was stored first, where no journal tells of its use", async (t) => {
    const folder = await newFolder(t);
    const { store } = await openStore(folder);
    for (const [index, key] of ["/a", "/b", "/c"].entries()) {
      const before = await readdir(folder);
      await put(store, key, "x".repeat(5_000));
      const name = (await readdir(folder)).find((file) => !before.includes(file)) ?? "";
      // The middle one is the oldest.
      await utimes(join(folder, name), 100, [200, 100, 300][index] ?? 0);
    }
    await store.close();
    await rm(join(folder, JOURNAL_NAME));
    const { store: again } = await openStore(folder, { policy: { maxBytes: 11_500 } });
    await again.settled();
    assert.deepEqual(
      ["/a", "/b", "/c"].filter((key) => again.peek(key) !== undefined),
      ["/a", "/c"],
    );
    assert.ok((await bytesIn(folder)) <= 11_500);
  });

  test("deletes what alone is larger than it may be now", async (t) => {
    const folder = await newFolder(t);
    const { store } = await openStore(folder);
    await put(store, "/a", "x".repeat(50_000));
    await put(store, "/b", "x".repeat(5_000));
    await store.close();
    const { store: again } = await openStore(folder, { policy: { maxBytes: 11_500 } });
    await again.settled();
    assert.ok((await bytesIn(folder)) <= 11_500);
    assert.equal(await textOf(again, "/b"), "x".repeat(5_000));
  });

  for (const [wholeReadBytes, hasJournal] of [
    [100_000, true],
    [100_000, false],
    [0, true],
    [0, false],
  ] as const) {
    const reading = wholeReadBytes === 0 ? "streamed" : "read whole";
    const way = `${reading}, ${hasJournal ? "named in the journal" : "without a journal"}`;
    for (const [fault, damage] of Object.entries({
      "cut short in the body": (file: Buffer) => file.subarray(0, 2_000),
      "cut short in the footer": (file: Buffer) => file.subarray(0, file.length - 3),
      "lacking a byte in the middle": (file: Buffer) =>
        Buffer.concat([file.subarray(0, 99), file.subarray(100)]),
      empty: () => Buffer.alloc(0),
      "all zeros": (file: Buffer) => Buffer.alloc(file.length),
      "zeroed at its end": (file: Buffer) => Buffer.from(file).fill(0, file.length - 20),
      "zeroed in the body": (file: Buffer) => Buffer.from(file).fill(0, 1_000, 2_000),
      "longer than it was": (file: Buffer) => Buffer.concat([file, file]),
      "with a flipped bit in the body": (file: Buffer) => flip(file, 2_500),
      "with a flipped bit in the metadata": (file: Buffer) => flip(file, 5_050),
      "with a flipped bit in the footer": (file: Buffer) => flip(file, file.length - 14),
    })) {
      test(`does not give out a file that is ${fault} (${way})`, async (t) => {
        const folder = await newFolder(t);
        const { store } = await openStore(folder);
        await put(store, "/a", "x".repeat(5_000));
        await store.close();
        const path = await onlyFile(folder);
        await writeFile(path, damage(await readFile(path)));
        if (!hasJournal) await rm(join(folder, JOURNAL_NAME));

        const { store: again, warnings } = await openStore(folder, { policy: { wholeReadBytes } });
        assert.equal(await textOf(again, "/a"), undefined);
        await again.settled();
        assert.deepEqual(await filesIn(folder), []);
        assert.equal(again.usage().usedBytes, await bytesIn(folder));
        assert.equal(warnings.length, 1);
      });
    }
  }

  test("deletes what was never finished, and leaves alone what is not its own", async (t) => {
    const folder = await newFolder(t);
    await writeFile(join(folder, "0123456789ab-1.writing"), "half of someth");
    await writeFile(join(folder, "holiday.jpg"), "mine");
    const { store } = await openStore(folder);
    await store.settled();
    assert.deepEqual(await readdir(folder), ["holiday.jpg"]);
  });

  test("notices a file that vanished", async (t) => {
    const folder = await newFolder(t);
    const { store } = await openStore(folder);
    await put(store, "/a", "x");
    await rm(await onlyFile(folder));
    assert.equal(await store.read("/a"), undefined);
    assert.equal(store.usage().objects, 0);
    assert.equal(store.health.state, "ok");
  });
});

describe("the limit of a disk store", () => {
  test("holds for the folder at every step of a write", async (t) => {
    const folder = await newFolder(t);
    const maxBytes = 50_000;
    const seen: number[] = [];
    const fileSystem = watched(async () => {
      seen.push(await bytesIn(folder));
    });
    let nowMs = 1;
    const now = () => nowMs;
    const { store } = await openStore(folder, { policy: { maxBytes }, fileSystem, now });
    // Of what is written to one key at a time, only the last comes to the disk.
    for (let round = 0; round < 7; round += 1) {
      const sizes = Array.from({ length: 9 }, (_, index) => (round * 9 + index) * 300);
      await Promise.all(sizes.map((size, index) => put(store, `/${index}`, "x".repeat(size))));
      nowMs += POLICY.journal.commitEveryMs;
      store.tick(nowMs);
    }
    await store.settled();
    assert.ok(seen.length > 100);
    assert.ok(Math.max(...seen) <= maxBytes, `${Math.max(...seen)} bytes seen`);
  });

  test("counts a file that is still being read", async (t) => {
    const folder = await newFolder(t);
    const { store } = await openStore(folder, { policy: { maxBytes: 12_000, wholeReadBytes: 0 } });
    await put(store, "/a", "a".repeat(8_000));
    const object = await store.read("/a");
    assert.ok(object?.kind === "file");

    assert.deepEqual(await put(store, "/b", "b".repeat(8_000)), {
      isKept: false,
      reason: "no-room",
    });
    assert.ok(store.usage().usedBytes >= 8_000);
    assert.equal((await bytesOf(object)).toString(), "a".repeat(8_000));

    await store.settled();
    assert.deepEqual(await put(store, "/b", "b".repeat(8_000)), { isKept: true });
  });

  test("does not leave an older version behind where the newer one finds no room to wait", async (t) => {
    const { store } = await openStore(await newFolder(t), { policy: { maxQueuedBytes: 5_000 } });
    const outcomes = await Promise.all([
      put(store, "/a", "old".repeat(1_000)),
      put(store, "/a", "new".repeat(1_000)),
    ]);
    assert.deepEqual(outcomes, [
      { isKept: false, reason: "superseded" },
      { isKept: false, reason: "queue-full" },
    ]);
    await store.settled();
    assert.equal(store.peek("/a"), undefined);
    assert.equal(store.usage().usedBytes, 0);
  });

  test("holds for the bytes that wait in RAM to be written", async (t) => {
    const { store } = await openStore(await newFolder(t), { policy: { maxQueuedBytes: 10_000 } });
    const outcomes = await Promise.all(
      ["/a", "/b", "/c"].map((key) => put(store, key, "x".repeat(5_000))),
    );
    assert.deepEqual(outcomes.at(-1), { isKept: false, reason: "queue-full" });
    assert.deepEqual(outcomes.slice(0, 2), [{ isKept: true }, { isKept: true }]);
  });
});

test("what breaks while it is being streamed is forgotten, for it would break every reader", async (t) => {
  const folder = await newFolder(t);
  const { store, warnings } = await openStore(folder, { policy: { wholeReadBytes: 0 } });
  await put(store, "/a", "x".repeat(5_000));
  assert.equal(await textOf(store, "/a"), "x".repeat(5_000));
  await truncate(await onlyFile(folder), 2_000);
  const object = await store.read("/a");
  assert.ok(object);
  await assert.rejects(bytesOf(object));
  assert.ok(object.kind === "file");
  object.release();
  await store.settled();
  assert.equal(await store.read("/a"), undefined);
  assert.deepEqual(await readdir(folder), []);
  assert.equal(warnings.length, 1);
});

for (const code of ["EMFILE", "ENFILE", "ENOMEM"]) {
  test(`what cannot be read because we lack the means is there again when we have them: ${code}`, async (t) => {
    const folder = await newFolder(t);
    let isLacking = false;
    let nowMs = 1;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      open: (...given) =>
        isLacking
          ? Promise.reject(Object.assign(new Error(`${code}: too many`), { code }))
          : nodeFileSystem.open(...given),
    };
    const { store } = await openStore(folder, { fileSystem, now: () => nowMs });
    await put(store, "/a", "the bytes");
    isLacking = true;
    assert.equal(await store.read("/a"), undefined);
    assert.equal(store.health.state, "unavailable");
    isLacking = false;
    assert.equal(await textOf(store, "/a"), "the bytes");

    nowMs += POLICY.retry.longestMs;
    store.tick(nowMs);
    await store.settled();
    assert.equal(store.health.state, "ok");
  });
}

test("a file that cannot be unlinked goes on counting, and is unlinked later", async (t) => {
  const folder = await newFolder(t);
  let isStuck = true;
  let nowMs = 1;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    unlink: (path) =>
      isStuck
        ? Promise.reject(Object.assign(new Error("EPERM: not permitted"), { code: "EPERM" }))
        : nodeFileSystem.unlink(path),
  };
  // The proof that the folder can be written is the first file that stays.
  const { store } = await openStore(folder, { fileSystem, now: () => nowMs });
  assert.match(JSON.stringify(store.health), /EPERM/);
  assert.equal(store.usage().usedBytes, await bytesIn(folder));

  isStuck = false;
  nowMs += POLICY.retry.longestMs;
  store.tick(nowMs);
  await store.settled();
  assert.deepEqual(await readdir(folder), []);
  assert.equal(store.usage().usedBytes, 0);
  assert.deepEqual(await put(store, "/a", "x"), { isKept: true });
});

describe("a disk store whose folder cannot be used", () => {
  test("says so, once, and is tried again later", async (t) => {
    const folder = await newFolder(t);
    const file = join(folder, "a-file");
    await writeFile(file, "");
    let nowMs = 1;
    const { store, warnings } = await openStore(join(file, "cache"), { now: () => nowMs });
    assert.equal(store.health.state, "unavailable");
    assert.match(JSON.stringify(store.health), /ENOTDIR/);
    assert.deepEqual(await put(store, "/a", "x"), { isKept: false, reason: "unavailable" });
    assert.equal(await store.read("/a"), undefined);

    nowMs = 999;
    store.tick(nowMs);
    await store.settled();
    assert.equal(store.health.state, "unavailable");

    await rm(file);
    nowMs = 1_001;
    store.tick(nowMs);
    await store.settled();
    assert.equal(store.health.state, "ok");
    assert.deepEqual(await put(store, "/a", "x"), { isKept: true });
    assert.deepEqual(warnings, ["disk tier unavailable"]);
  });

  test("keeps what it has when the disk is full, and leaves no rubbish", async (t) => {
    const folder = await newFolder(t);
    let isFull = false;
    let nowMs = 1;
    const { store, warnings } = await openStore(folder, {
      fileSystem: failing("ENOSPC", () => isFull),
      now: () => nowMs,
    });
    await put(store, "/a", "the bytes");
    isFull = true;
    assert.deepEqual(await put(store, "/b", "x"), { isKept: false, reason: "unavailable" });
    await store.settled();
    assert.match(JSON.stringify(store.health), /ENOSPC/);
    assert.equal(await textOf(store, "/a"), "the bytes");
    assert.equal((await readdir(folder)).length, 1);

    // Still full at the first attempt: it waits longer before the next.
    nowMs += 1_000;
    store.tick(nowMs);
    await store.settled();
    assert.equal(store.health.state, "unavailable");
    isFull = false;
    nowMs += 1_999;
    store.tick(nowMs);
    await store.settled();
    assert.equal(store.health.state, "unavailable");
    nowMs += 1;
    store.tick(nowMs);
    await store.settled();
    assert.equal(store.health.state, "ok");
    assert.deepEqual(await put(store, "/b", "x"), { isKept: true });
    assert.deepEqual(warnings, ["disk tier unavailable"]);
  });
});

test("however many ask at once, a file is read once", async (t) => {
  const folder = await newFolder(t);
  let opened = 0;
  const fileSystem = { ...nodeFileSystem, open: counting(() => (opened += 1)) };
  const { store } = await openStore(folder, { fileSystem });
  await put(store, "/a", "the bytes");
  opened = 0;
  const objects = await Promise.all(Array.from({ length: 20 }, () => textOf(store, "/a")));
  assert.deepEqual(new Set(objects), new Set(["the bytes"]));
  assert.equal(opened, 1);
});

function counting(count: () => void): FileSystem["open"] {
  return (...given) => {
    count();
    return nodeFileSystem.open(...given);
  };
}

/** A file system that lets `look` see the folder after everything that changes it. */
function watched(look: () => Promise<void>): FileSystem {
  return {
    ...nodeFileSystem,
    open: async (...given) => {
      const file = await nodeFileSystem.open(...given);
      const close = file.close.bind(file);
      file.close = async () => {
        await look();
        await close();
      };
      return file;
    },
    rename: async (...given) => {
      await nodeFileSystem.rename(...given);
      await look();
    },
  };
}

/** A file system whose files take no bytes while `isFailing`. */
function failing(code: string, isFailing: () => boolean): FileSystem {
  return {
    ...nodeFileSystem,
    open: async (...given) => {
      const file = await nodeFileSystem.open(...given);
      if (given[1] !== "r" && isFailing()) {
        file.write = () =>
          Promise.reject(Object.assign(new Error(`${code}: no space left on device`), { code }));
      }
      return file;
    },
  };
}
