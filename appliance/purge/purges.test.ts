import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { newAdmitAlways } from "../core/admission/admit-always.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { put, TEST_INDEX } from "../store/cache-store.battery.ts";
import { JOURNAL_NAME } from "../store/disk-journal.ts";
import { filesIn, newFolder, openStore } from "../store/disk-store.rig.ts";
import { RamStore } from "../store/ram-store.ts";
import { Tiers } from "../store/tiers.ts";
import { type PurgeableStore, Purges } from "./purges.ts";

const POLICY = { rememberedMs: 1_000, maxRemembered: 10, longestRemovalMs: 1 };

function newPurges(store: Partial<PurgeableStore>) {
  const nothing = () => undefined;
  return new Purges({
    store: {
      lookAtAll: async () => undefined,
      remove: nothing,
      removed: async () => undefined,
      refresh: nothing,
      isComplete: true,
      ...store,
    },
    policy: POLICY,
    wallNow: () => 1_000,
    onPurge: nothing,
  });
}

const stored = { key: "/a", fields: {}, arrivedAtWallMs: 900, answeredInMs: 0 } as StoredMetadata;

test("an entry that is in two tiers is purged in both, and counted once", async () => {
  const removed: string[] = [];
  const purges = newPurges({
    lookAtAll: async (look) => {
      look(stored);
      look(stored);
    },
    remove: (key) => removed.push(key),
  });
  const answer = await purges.purge([{ kind: "key", key: "/a" }], "hard");
  assert.deepEqual(answer, { mode: "hard", purged: 1, isDurable: true, scanned: 2 });
  assert.deepEqual(purges.counts(), { hard: 1, soft: 0 });
});

test("a purge finds what was stored before the clock was set back", async () => {
  const purges = newPurges({
    lookAtAll: async (look) => look({ ...stored, arrivedAtWallMs: 9_000 }),
  });
  assert.equal((await purges.purge([{ kind: "key", key: "/a" }], "hard")).purged, 1);
});

test("a disk that does not answer holds no purge up, and the answer says so", async () => {
  const never = new Promise<void>(() => undefined);
  const purges = newPurges({ removed: () => never });
  const answer = await purges.purge([{ kind: "key", key: "/a" }], "hard");
  assert.equal(answer.isDurable, false);
});

/** An appliance's stores over a folder that holds `/a`, looked through when the test lets it be. */
async function openSlowly(t: TestContext) {
  const folder = await newFolder(t);
  const { store: earlier } = await openStore(folder);
  await put(earlier, "/a", "the bytes");
  await earlier.close();
  await rm(join(folder, JOURNAL_NAME));
  const gate = Promise.withResolvers<void>();
  const fileSystem = {
    ...nodeFileSystem,
    readdir: (async (path: string) => {
      await gate.promise;
      return nodeFileSystem.readdir(path);
    }) as typeof nodeFileSystem.readdir,
  };
  let wallMs = 1_000;
  let tiers: Tiers | undefined;
  const opening = openStore(folder, {
    fileSystem,
    mayKeep: (metadata) => purges.mayKeep(metadata),
    onOpened: (disk) => {
      const ram = new RamStore({ ...TEST_INDEX, maxBytes: 100_000, now: () => 1 });
      const admission = newAdmitAlways({ random: () => 1 });
      tiers = new Tiers({ ...TEST_INDEX, ram, disk, admission });
    },
  });
  assert.ok(tiers);
  const purges = new Purges({
    store: tiers,
    policy: POLICY,
    wallNow: () => wallMs,
    onPurge: () => undefined,
  });
  return {
    folder,
    purges,
    pass: (ms: number) => {
      wallMs += ms;
      purges.tick();
    },
    found: async () => {
      gate.resolve();
      const { store } = await opening;
      return [...store.keys()];
    },
  };
}

test("what is found on disk after a purge was purged too, however long the search for it takes", async (t) => {
  const { folder, purges, pass, found } = await openSlowly(t);
  await purges.purge([{ kind: "key", key: "/a" }], "hard");
  pass(100 * POLICY.rememberedMs);
  assert.deepEqual(await found(), []);
  assert.deepEqual(await filesIn(folder), []);
});

test("a purge does not promise to outlive a crash before all that is on disk has been found", async (t) => {
  const { purges, found } = await openSlowly(t);
  const during = await purges.purge([{ kind: "key", key: "/a" }], "hard");
  await found();
  const after = await purges.purge([{ kind: "key", key: "/a" }], "hard");
  assert.deepEqual([during.isDurable, after.isDurable], [false, true]);
});
