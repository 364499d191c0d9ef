/** When steering moves playback, what is under way goes on at the new pathway, if that is worth it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Behaviour, Rig } from "./wire.rig.ts";

const LARGE = Uint8Array.from({ length: 400_000 }, (_, index) => index % 253);
const LINK_BYTES_PER_SECOND = 200_000;
const ORDER_C = () => Response.json({ VERSION: 1, TTL: 1, "PATHWAY-PRIORITY": ["c", "a", "b"] });

/** A segment of two seconds' transfer has been coming from a for so long when the new order arrives. */
async function steeredAfter(ms: number, a: Behaviour = { does: "serve", segment: LARGE }) {
  const rig = await new Rig().open();
  rig.linkBytesPerSecond = LINK_BYTES_PER_SECOND;
  rig.steering = () => Response.json({ VERSION: 1, TTL: 1, "PATHWAY-PRIORITY": ["a", "b", "c"] });
  for (const host of ["b", "c"]) rig.set(host, { does: "serve", segment: LARGE });
  rig.set("a", { does: "serve", segment: LARGE });
  rig.requests.length = 0;
  const loading = rig.load("http://a/low.m4s");
  await rig.pass(ms);
  rig.set("a", a);
  rig.steering = ORDER_C;
  return { rig, loading };
}

describe("a body under way when steering names another pathway", () => {
  test("goes on there from its next byte, and is asked for here no more", async () => {
    const { rig, loading } = await steeredAfter(300);
    await rig.pass(4_000);
    const delivery = await loading;
    assert.equal(delivery.pathway, "c");
    assert.equal(delivery.begunOn, "a");
    assert.deepEqual(new Uint8Array(delivery.body), LARGE);
    const [first, second, ...others] = rig.requests;
    assert.deepEqual(others, []);
    assert.equal(first?.isAborted, true);
    const [resume] = rig.all("resume");
    assert.ok(
      (resume?.atByte ?? 0) > 0 && second?.range === `bytes=${(resume?.atByte ?? 0) - 100}-`,
    );
    const sentBytes = (first?.sentBytes ?? 0) + (second?.sentBytes ?? 0);
    assert.ok(sentBytes <= LARGE.length + 65_536, `${sentBytes} bytes`);
    const [failover] = rig.all("failover");
    assert.deepEqual(
      [failover?.from, failover?.to, failover?.reason, failover?.keptBytes],
      ["a", "c", "steering-order", resume?.atByte],
    );
    assert.equal(rig.transport.snapshot().pathways.find(({ id }) => id === "a")?.state, "well");
  });

  test("goes on there at once though it hangs here", async () => {
    const { rig, loading } = await steeredAfter(300, { does: "hang" });
    await rig.pass(1_000);
    assert.equal(rig.requests[1]?.host, "c");
    await rig.pass(3_000);
    assert.equal((await loading).pathway, "c");
    assert.equal(rig.all("failover").length, 1);
  });

  test("is let finish where it is nearly whole", async () => {
    const { rig, loading } = await steeredAfter(1_600);
    await rig.pass(1_000);
    assert.equal((await loading).pathway, "a");
    assert.equal(rig.requests.length, 1);
  });

  test("stays within the dwell of the last move", async () => {
    const { rig, loading } = await steeredAfter(300);
    await rig.pass(2_500);
    rig.requests.length = 0;
    const second = rig.load("http://a/high.m4s");
    rig.steering = () => Response.json({ VERSION: 1, TTL: 1, "PATHWAY-PRIORITY": ["b", "a", "c"] });
    await rig.pass(4_000);
    assert.deepEqual(
      rig.requests.map(({ host }) => host),
      ["c"],
    );
    assert.equal((await loading).pathway, "c");
    assert.equal((await second).pathway, "c");
  });
});
