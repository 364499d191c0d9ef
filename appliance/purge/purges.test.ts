import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredMetadata } from "../core/stored-metadata.ts";
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

test("a disk that does not answer holds no purge up, and the answer says so", async () => {
  const never = new Promise<void>(() => undefined);
  const purges = newPurges({ removed: () => never });
  const answer = await purges.purge([{ kind: "key", key: "/a" }], "hard");
  assert.equal(answer.isDurable, false);
});
