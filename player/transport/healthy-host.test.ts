/** A host that is well is not taken for slow, whatever else the measuring meets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE, Rig, SEGMENT, TWO } from "./wire.rig.ts";

const LINK_BYTES_PER_SECOND = 100_000;

/** A rig with a pace of the link's own known of host a. */
async function measured(): Promise<Rig> {
  const rig = await new Rig().open();
  rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
  rig.set("a", { does: "serve", segment: new Uint8Array(190_000) });
  await rig.loads(ONE, "segment", 2_000);
  return rig;
}

test("a small body beside a large one that is in time is in time too", async () => {
  const rig = await measured();
  const large = rig.load(TWO);
  await rig.pass(100);
  // No playlist lists it, as with what begins a rendition: it has no more than the patience.
  const small = rig.load("http://a/low/99.m4s");
  await rig.pass(3_000);
  assert.equal((await small).pathway, "a");
  assert.equal((await large).pathway, "a");
  assert.deepEqual(rig.all("failover"), []);
});

test("a large body is not judged by the pace of what came before it", async () => {
  const rig = await new Rig().open();
  rig.linkBytesPerSecond = 20_000;
  await rig.loads("http://a/low/1.m4s", "segment", 2_500);
  rig.linkBytesPerSecond = 1_000_000;
  rig.set("a", { does: "serve", segment: new Uint8Array(1_500_000) });
  const large = rig.load(ONE);
  await rig.pass(3_000);
  assert.equal((await large).begunOn, undefined);
  assert.deepEqual(rig.all("failover"), []);
});

for (const readsFirst of [true, false]) {
  test(`a page that stood still is no slow host, ${readsFirst ? "bytes" : "loop"} first`, async () => {
    const rig = await new Rig().open();
    rig.linkBytesPerSecond = 500_000;
    rig.set("a", { does: "serve", segment: new Uint8Array(1_500_000) });
    const large = rig.load(ONE);
    await rig.pass(300);
    rig.nowMs += 8_000;
    if (!readsFirst) rig.transport.tick(rig.nowMs);
    await rig.pass(4_000);
    assert.equal((await large).begunOn, undefined);
    assert.deepEqual(rig.all("failover"), []);
  });
}

test("nor is it one that does not answer: the time that nobody could look does not count", async () => {
  const rig = await new Rig().open();
  rig.bufferSeconds = 0.5;
  const late = Promise.withResolvers<Response>();
  rig.set("a", { does: "late", answer: late.promise });
  const loading = rig.load(ONE);
  await rig.pass(100);
  rig.nowMs += 900;
  await rig.pass(200);
  assert.ok(
    rig.asked.every((url) => !url.startsWith("http://b/")),
    "no hedge either",
  );
  late.resolve(new Response(SEGMENT));
  assert.equal((await loading).pathway, "a");
  assert.deepEqual(rig.all("failover"), []);
});

test("a quick host that once thinks for half a second keeps its viewer", async () => {
  const rig = await new Rig().open();
  for (let load = 0; load < 5; load += 1) await rig.loads(ONE, "segment");
  const late = Promise.withResolvers<Response>();
  rig.set("a", { does: "late", answer: late.promise });
  const loading = rig.load(TWO);
  await rig.pass(600);
  late.resolve(new Response(SEGMENT));
  assert.equal((await loading).pathway, "a");
  assert.deepEqual(rig.all("failover"), []);
});

test("a host that is slow to begin is not blamed when another one recovers", async () => {
  const rig = await new Rig().open();
  rig.set("a", { does: "refuse" });
  const answersAfter = async (ms: number) => {
    const late = Promise.withResolvers<Response>();
    rig.set("b", { does: "late", answer: late.promise });
    const loading = rig.load(ONE);
    await rig.pass(ms);
    late.resolve(new Response(SEGMENT));
    assert.equal((await loading).pathway, "b");
  };
  await answersAfter(900);
  rig.set("a", { does: "serve" });
  await rig.pass(2_000);
  await answersAfter(1_700);
  const [a, b] = rig.transport.snapshot().pathways;
  assert.deepEqual([a?.state, b?.state], ["well", "well"]);
});
