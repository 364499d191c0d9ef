/** The scrub, seen through the store. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { describe, type TestContext, test } from "node:test";
import { put, textOf } from "./cache-store.battery.ts";
import {
  bytesIn,
  filesIn,
  flip,
  newFolder,
  onlyFile,
  openStore,
  POLICY,
} from "./disk-store.rig.ts";

const { restMs } = POLICY.scrub;

async function openScrubbed(t: TestContext) {
  const folder = await newFolder(t);
  let nowMs = 1;
  const { store, warnings } = await openStore(folder, {
    policy: { scrub: { bytesPerSecond: 10_000, restMs } },
    now: () => nowMs,
  });
  const pass = async (ms: number) => {
    nowMs += ms;
    store.tick(nowMs);
    await store.settled();
  };
  // Its clock begins at the first tick.
  await pass(0);
  const scrubbed = async (count: number) => {
    while (store.work.scrubbed < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { folder, store, warnings, pass, scrubbed };
}

describe("the scrub", () => {
  test("finds what was damaged after it had been read, before anybody asks for it", async (t) => {
    const { folder, store, warnings, pass, scrubbed } = await openScrubbed(t);
    await put(store, "/a", "x".repeat(5_000));
    assert.equal(await textOf(store, "/a"), "x".repeat(5_000));
    const path = await onlyFile(folder);
    await writeFile(path, flip(await readFile(path), 2_500));
    await pass(restMs);
    await pass(0);
    await scrubbed(1);
    await store.settled();
    assert.equal(store.peek("/a"), undefined);
    assert.deepEqual(await filesIn(folder), []);
    assert.equal(store.usage().usedBytes, await bytesIn(folder));
    assert.deepEqual([store.work.damaged, warnings.length], [1, 1]);
  });

  test("reads no more in a second than it may", async (t) => {
    const { store, pass, scrubbed } = await openScrubbed(t);
    for (const key of ["/a", "/b", "/c"]) await put(store, key, "x".repeat(9_700));
    await pass(restMs);
    await pass(0);
    await scrubbed(1);
    await pass(500);
    assert.equal(store.work.scrubbed, 1);
    await pass(600);
    await scrubbed(2);
    assert.equal(store.work.damaged, 0);
  });

  test("rests before each round", async (t) => {
    const { store, pass, scrubbed } = await openScrubbed(t);
    await put(store, "/a", "x");
    await pass(restMs - 1);
    await pass(0);
    assert.equal(store.work.scrubbed, 0);
    await pass(1);
    await pass(0);
    await scrubbed(1);
    await pass(restMs - 1);
    await pass(0);
    assert.equal(store.work.scrubbed, 1);
    await pass(1_000);
    await pass(0);
    await scrubbed(2);
  });

  test("lets everybody else go first", async (t) => {
    const { store, pass, scrubbed } = await openScrubbed(t);
    await put(store, "/a", "x".repeat(5_000));
    const writing = put(store, "/b", "x");
    await pass(restMs);
    await pass(0);
    await writing;
    const before = store.work.scrubbed;
    await pass(0);
    await scrubbed(before + 1);
  });
});
