import assert from "node:assert/strict";
import { test } from "node:test";
import { Pacer } from "./pacer.ts";

const POLICY = { burstMs: 10, turnMs: 5, minTurnBytes: 100, maxTurnBytes: 10_000, lightBytes: 10 };
const THERE = () => false;

/** A pacer of 100 bytes a millisecond, and time that passes when the test says so. */
function newPacer() {
  let nowMs = 1;
  const calls: { readonly atMs: number; readonly callback: () => void }[] = [];
  const pacer = new Pacer({
    bitsPerSecond: 800_000,
    policy: POLICY,
    now: () => nowMs,
    callAfter: (ms, callback) => calls.push({ atMs: nowMs + ms, callback }),
  });
  const pass = async (ms: number) => {
    const untilMs = nowMs + ms;
    for (;;) {
      calls.sort((one, other) => one.atMs - other.atMs);
      const next = calls[0];
      if (next === undefined || next.atMs > untilMs) break;
      calls.shift();
      nowMs = next.atMs;
      next.callback();
      // Who got a turn may ask for the next one at once.
      await new Promise((resolve) => setImmediate(resolve));
    }
    nowMs = untilMs;
  };
  return { pacer, pass };
}

/** Sends for ever, a turn at a time, and counts. */
function startSender(pacer: Pacer, bytes = pacer.turnBytes) {
  const sender = { sentBytes: 0, isGone: false };
  void (async () => {
    while (!sender.isGone) {
      await pacer.turn(bytes, () => sender.isGone);
      if (!sender.isGone) sender.sentBytes += bytes;
    }
  })();
  return sender;
}

test("nobody waits while there is enough for all", () => {
  const { pacer } = newPacer();
  assert.ok(pacer.take(600));
  assert.ok(pacer.take(400));
});

test("who wants more than is there waits for a turn", async () => {
  const { pacer, pass } = newPacer();
  assert.ok(pacer.take(1_000));
  assert.equal(pacer.take(11), false);
  let hasTurn = false;
  void pacer.turn(500, THERE).then(() => {
    hasTurn = true;
  });
  assert.equal(pacer.waiting, 1);
  // Nobody overtakes those who wait.
  assert.equal(pacer.take(11), false);
  await pass(1);
  assert.ok(hasTurn);
});

test("what is light goes at once, and the others wait the longer", async () => {
  const { pacer, pass } = newPacer();
  assert.ok(pacer.take(1_000));
  for (let index = 0; index < 50; index += 1) assert.ok(pacer.take(10));
  let hasTurn = false;
  void pacer.turn(100, THERE).then(() => {
    hasTurn = true;
  });
  await pass(5);
  assert.ok(!hasTurn);
  await pass(1);
  assert.ok(hasTurn);
  assert.equal(pacer.sentBytes, 1_600);
});

test("all together send at the capacity", async () => {
  const { pacer, pass } = newPacer();
  const senders = Array.from({ length: 7 }, () => startSender(pacer));
  await pass(10_000);
  const totalBytes = senders.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  const dueBytes = 10_000 * 100;
  assert.ok(
    totalBytes >= dueBytes && totalBytes <= dueBytes + 1_000 + pacer.turnBytes,
    `${totalBytes}`,
  );
  for (const sender of senders) sender.isGone = true;
});

test("each gets the same share, whatever the others want", async () => {
  const { pacer, pass } = newPacer();
  const senders = Array.from({ length: 4 }, () => startSender(pacer));
  await pass(10_000);
  const shares = senders.map(({ sentBytes }) => sentBytes);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= pacer.turnBytes, `${shares}`);
  for (const sender of senders) sender.isGone = true;
});

test("who is gone takes nothing from the others", async () => {
  const { pacer, pass } = newPacer();
  const gone = Array.from({ length: 50 }, () => startSender(pacer));
  const staying = startSender(pacer);
  for (const sender of gone) sender.isGone = true;
  await pass(1_000);
  assert.ok(staying.sentBytes >= 1_000 * 100, `${staying.sentBytes}`);
  staying.isGone = true;
});

test("a turn is a few milliseconds' worth, within bounds", () => {
  const turnBytes = (bitsPerSecond: number) =>
    new Pacer({ bitsPerSecond, policy: POLICY, now: () => 1, callAfter: () => undefined })
      .turnBytes;
  assert.deepEqual([8_000, 800_000, 1e9].map(turnBytes), [100, 500, 10_000]);
});

test("a pacer that is closed holds nobody", async () => {
  const { pacer } = newPacer();
  assert.ok(pacer.take(1_000));
  const turns = [pacer.turn(500, THERE), pacer.turn(500, THERE), pacer.turn(500, THERE)];
  pacer.close();
  await Promise.all(turns);
});
