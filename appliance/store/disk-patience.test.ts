/** A disk that is slow, seen through the store: its readings end when the test lets them. */
import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { describe, type TestContext, test } from "node:test";
import { put, textOf } from "./cache-store.battery.ts";
import { newFolder, openStore } from "./disk-store.rig.ts";

const LONG_MS = 1_000;

/** Waits for what no event announces, and lets the disk work meanwhile. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

async function slowDisk(t: TestContext) {
  let nowMs = 1;
  let isStuck = false;
  let stuck: (() => void)[] = [];
  const open: typeof nodeFileSystem.open = async (...given) => {
    if (isStuck && given[1] === "r") await new Promise<void>((resolve) => stuck.push(resolve));
    return nodeFileSystem.open(...given);
  };
  const { store, warnings } = await openStore(await newFolder(t), {
    fileSystem: { ...nodeFileSystem, open },
    now: () => nowMs,
  });
  await put(store, "/a", "the bytes");
  const pass = (ms: number) => {
    nowMs += ms;
    store.tick(nowMs);
  };
  return {
    store,
    warnings,
    pass,
    stick: () => {
      isStuck = true;
    },
    /** Lets go of what is stuck, and of all that comes. */
    free: () => {
      isStuck = false;
      for (const resolve of stuck.splice(0)) resolve();
      stuck = [];
    },
    /** Reads that take too long, one after the other. */
    waitInVain: async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        const reading = store.read("/a");
        pass(LONG_MS);
        pass(1);
        assert.equal(await reading, undefined);
      }
    },
  };
}

describe("a disk that is slow", () => {
  test("keeps nobody waiting: what is overdue is as good as not there", async (t) => {
    const { store, stick, waitInVain, free } = await slowDisk(t);
    stick();
    await waitInVain(1);
    assert.equal(store.health.state, "ok");
    assert.equal(store.work.overdueReads, 1);
    free();
    assert.equal(await textOf(store, "/a"), "the bytes");
  });

  test("is waited for as long as it is bearable", async (t) => {
    const { store, stick, pass, free } = await slowDisk(t);
    stick();
    const reading = textOf(store, "/a");
    pass(499);
    free();
    assert.equal(await reading, "the bytes");
  });

  test("is not blamed where we were held up ourselves", async (t) => {
    const { store, stick, pass, free } = await slowDisk(t);
    stick();
    for (let time = 0; time < 5; time += 1) {
      const reading = textOf(store, "/a");
      pass(LONG_MS);
      free();
      assert.equal(await reading, "the bytes");
      stick();
    }
    assert.equal(store.health.state, "ok");
    assert.equal(store.work.overdueReads, 0);
  });

  test("is waited for by who has nobody else to ask", async (t) => {
    const { store, stick, pass, waitInVain, free } = await slowDisk(t);
    stick();
    await waitInVain(2);
    assert.equal(store.health.state, "slow");
    const reading = store.readPatiently("/a");
    pass(LONG_MS);
    pass(1);
    free();
    const object = await reading;
    assert.ok(object?.kind === "memory");
    assert.equal(object.bytes.toString(), "the bytes");
  });

  test("says so after a few, and gets little more to do", async (t) => {
    const { store, stick, waitInVain, free, warnings } = await slowDisk(t);
    stick();
    await waitInVain(2);
    assert.equal(store.health.state, "slow");
    assert.deepEqual(await put(store, "/b", "x"), { isKept: false, reason: "slow" });
    // The one reading that it may have at a time is still under way.
    assert.equal(await store.read("/a"), undefined);
    assert.deepEqual(warnings, ["pace of the disk"]);
    free();
    await store.settled();
  });

  test("is used again when it has been quick for a few", async (t) => {
    const { store, stick, waitInVain, free } = await slowDisk(t);
    stick();
    await waitInVain(2);
    free();
    // Those that nobody waits for any more come to their end first.
    await until(async () => (await textOf(store, "/a")) !== undefined);
    assert.equal(await textOf(store, "/a"), "the bytes");
    assert.equal(store.health.state, "ok");
    assert.deepEqual(await put(store, "/b", "x"), { isKept: true });
  });

  test("loses no buffer to a reading that nobody waits for any more", async (t) => {
    const { store, stick, pass, free } = await slowDisk(t);
    stick();
    const lending = store.lend("/a");
    pass(LONG_MS);
    pass(1);
    assert.equal(await lending, undefined);
    free();
    await until(() => store.work.bufferBytes > 0);
    const object = await store.lend("/a");
    assert.ok(object?.kind === "lent");
    const { bufferBytes } = store.work;
    object.release();
    assert.equal(store.work.bufferBytes, bufferBytes);
    assert.equal(bufferBytes, 64 * 1024);
  });
});
