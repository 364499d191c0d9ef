/** Faults that close the door: refuse and flap. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { get, headAndRest, type Rig, settled, startRig, startUpstream } from "../app.rig.ts";
import type { Fault } from "../contract/faults.ts";

async function start(t: TestContext) {
  const upstream = await startUpstream(t);
  return { upstream, rig: await startRig(t, upstream) };
}

/** Opening takes a moment: as long as the door is shut, the loop comes by without time passing. */
async function untilAccepted(rig: Rig): Promise<void> {
  while ((await rig.knock()) === "refused") rig.pass(0);
}

async function answers(rig: Rig): Promise<boolean> {
  const response = await fetch(`${rig.url}/length/10`, { headers: { connection: "close" } });
  return (await response.arrayBuffer()).byteLength === 10;
}

describe("refuse", () => {
  const REFUSE: Fault = { fault: "refuse", seconds: 5 };

  test("refuses whoever connects; the upstream hears nothing, and is not gone", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(REFUSE);
    assert.equal(await rig.knock(), "refused");
    assert.equal(upstream.connections(), 0);
    const { state, fault } = await rig.target();
    assert.deepEqual([state, fault?.fault, fault?.parameters], ["up", "refuse", {}]);
  });
  test("resets the connections that there are, and counts what was asked on them", async (t) => {
    const { rig } = await start(t);
    const [idle, busy] = [await rig.connect(), await rig.connect()];
    busy.say(get("/slow/1000"));
    await busy.until((text) => headAndRest(text).rest.length === 500);
    await rig.put(REFUSE);
    assert.deepEqual(await Promise.all([idle.ending, busy.ending]), ["rst", "rst"]);
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  for (const how of ["healed", "over", "replaced"] as const) {
    test(`lets people in again on the same port when it is ${how}`, async (t) => {
      const { rig } = await start(t);
      await rig.put(REFUSE);
      if (how === "healed") await rig.heal();
      else if (how === "over") rig.pass(5_000);
      else await rig.put({ fault: "truncate", seconds: 5, paths: ["/other"] });
      await untilAccepted(rig);
      assert.ok(await answers(rig));
    });
  }
  test("stays while another one takes its place, for as long as that says", async (t) => {
    const { rig } = await start(t);
    await rig.put(REFUSE);
    rig.pass(4_000);
    await rig.put(REFUSE);
    rig.pass(4_999);
    assert.equal(await rig.knock(), "refused");
    rig.pass(1);
    await untilAccepted(rig);
  });
  test("takes the place of a fault that has silenced a connection, and ends that", async (t) => {
    const { rig } = await start(t);
    await rig.put({ fault: "blackhole", seconds: 60 });
    const client = await rig.connect();
    client.say(get("/a"));
    await settled();
    await rig.put(REFUSE);
    assert.equal(await client.ending, "rst");
  });
  test("that comes and goes before the door has opened leaves it open", async (t) => {
    const { rig } = await start(t);
    for (let count = 0; count < 20; count += 1) {
      await Promise.all([rig.put(REFUSE), rig.heal()]);
    }
    await rig.heal();
    await untilAccepted(rig);
    assert.ok(await answers(rig));
  });
  test("does not open the door of an upstream that went meanwhile", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put(REFUSE);
    await upstream.die();
    await rig.heal();
    await untilAccepted(rig);
    // The first to find out is reset, as ever.
    assert.equal(await (await rig.connect()).ending, "rst");
    assert.equal((await rig.target()).state, "gone");
    await rig.put(REFUSE);
    await upstream.revive();
    await rig.untilState("up");
    assert.equal(await rig.knock(), "refused");
    await rig.heal();
    await untilAccepted(rig);
    assert.ok(await answers(rig));
  });
  test("goes on trying to open again if the port is taken", async (t) => {
    const { rig } = await start(t);
    await rig.put(REFUSE);
    const squatter = createServer().listen({ host: "127.0.0.1", port: rig.port });
    await once(squatter, "listening");
    await rig.heal();
    await rig.untilState("gone");
    squatter.close();
    await once(squatter, "close");
    await rig.untilState("up");
    assert.ok(await answers(rig));
  });
  test("keeps nobody waiting who wants to stop", async (t) => {
    const { rig } = await start(t);
    await rig.put(REFUSE);
    await rig.close();
    assert.equal(await rig.knock(), "refused");
  });
});

describe("flap", () => {
  const FLAP: Fault = { fault: "flap", seconds: 60, downSeconds: 2, upSeconds: 3 };

  test("refuses first, then lets people in, and so on by the clock", async (t) => {
    const { rig } = await start(t);
    await rig.put(FLAP);
    for (const _ of [1, 2, 3]) {
      assert.equal(await rig.knock(), "refused");
      rig.pass(1_999);
      assert.equal(await rig.knock(), "refused");
      rig.pass(1);
      await untilAccepted(rig);
      const client = await rig.connect();
      client.say(get("/length/10"));
      await client.until((text) => headAndRest(text).rest.length === 10);
      rig.pass(2_999);
      await settled();
      assert.equal(client.socket.readyState, "open");
      rig.pass(1);
      assert.equal(await client.ending, "rst");
    }
    assert.equal((await rig.target()).fault?.touchedRequests, 0);
  });
  test("leaves alone what is asked while it is up, and cuts what is not done by then", async (t) => {
    const { rig } = await start(t);
    await rig.put(FLAP);
    rig.pass(2_000);
    await untilAccepted(rig);
    const client = await rig.connect();
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    rig.pass(3_000);
    assert.equal(await client.ending, "rst");
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("is over when it is over, though it is down", async (t) => {
    const { rig } = await start(t);
    await rig.put({ ...FLAP, seconds: 1 });
    rig.pass(999);
    assert.equal(await rig.knock(), "refused");
    rig.pass(1);
    await untilAccepted(rig);
  });
});
