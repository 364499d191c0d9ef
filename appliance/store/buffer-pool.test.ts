import assert from "node:assert/strict";
import { test } from "node:test";
import { BufferPool } from "./buffer-pool.ts";

test("gives out again what was given back, to whoever needs about as much", () => {
  const pool = new BufferPool({ maxIdleBytes: 1_000_000 });
  const buffer = pool.take(100_000);
  pool.giveBack(buffer);
  assert.equal(pool.take(110_000), buffer);
  assert.notEqual(pool.take(110_000), buffer);
});

test("gives out at least as much as is asked for, and something for nothing", () => {
  const pool = new BufferPool({ maxIdleBytes: 1_000_000 });
  for (const size of [0, 1, 65_536, 65_537, 4_194_304]) assert.ok(pool.take(size).length >= size);
});

test("keeps no more than it may", () => {
  const pool = new BufferPool({ maxIdleBytes: 150_000 });
  const buffers = [pool.take(65_536), pool.take(65_536), pool.take(65_536)];
  for (const buffer of buffers) pool.giveBack(buffer);
  assert.equal(pool.idleBytes, 131_072);
});

test("gives up sizes that are no longer wanted for one that is", () => {
  const pool = new BufferPool({ maxIdleBytes: 262_144 });
  const old = Array.from({ length: 4 }, () => pool.take(65_536));
  for (const buffer of old) pool.giveBack(buffer);
  const larger = pool.take(131_072);
  pool.giveBack(larger);
  assert.equal(pool.idleBytes, 262_144);
  assert.equal(pool.take(131_072), larger);
  assert.ok(old.includes(pool.take(65_536)));
});

test("does not keep what is larger than all it may keep", () => {
  const pool = new BufferPool({ maxIdleBytes: 65_536 });
  pool.giveBack(pool.take(131_072));
  assert.equal(pool.idleBytes, 0);
});
