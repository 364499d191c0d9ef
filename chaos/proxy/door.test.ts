/** A proxy whose upstream is gone is gone as well. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { get, headAndRest, knockAt, startRig, startUpstream } from "../app.rig.ts";
import { Door } from "./door.ts";

async function start(t: TestContext) {
  const upstream = await startUpstream(t);
  return { upstream, rig: await startRig(t, upstream) };
}

/** A door by itself, and a turn of the loop before it. */
async function startDoor(t: TestContext) {
  const upstream = await startUpstream(t);
  let nowMs = 1;
  const door = new Door({
    target: "a",
    // A name takes a while to be looked up, and so does listening.
    host: "localhost",
    port: 0,
    upstream: { url: "", host: "127.0.0.1", port: upstream.port },
    policy: { lookEveryMs: 1 },
    now: () => nowMs,
    log: { info() {}, warn() {} },
    onClient: (client) => client.destroy(),
  });
  await door.open();
  t.after(() => door.close());
  const turn = async () => {
    nowMs += 1;
    door.tick(nowMs);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { door, turn };
}

describe("when the upstream dies", () => {
  test("connections under way are reset, and new ones refused", async (t) => {
    const { upstream, rig } = await start(t);
    const client = await rig.connect();
    client.say(get("/slow/1000"));
    await client.until((text) => headAndRest(text).rest.length === 500);
    await upstream.die();
    assert.equal(await client.ending, "rst");
    await rig.untilState("gone");
    assert.equal(await rig.knock(), "refused");
  });
  test("the first to find out is reset", async (t) => {
    const { upstream, rig } = await start(t);
    await upstream.die();
    const client = await rig.connect();
    assert.equal(await client.ending, "rst");
    assert.equal((await rig.target()).state, "gone");
    assert.equal(await rig.knock(), "refused");
  });
  test("it is the same while a fault runs", async (t) => {
    const { upstream, rig } = await start(t);
    await rig.put({ fault: "status-503", seconds: 5 });
    await upstream.die();
    assert.equal(await (await rig.connect()).ending, "rst");
    assert.equal(await rig.knock(), "refused");
  });
});

describe("when the upstream is back", () => {
  test("the proxy is back on its port, as often as that happens", async (t) => {
    const { upstream, rig } = await start(t);
    for (const _ of [1, 2, 3]) {
      await upstream.die();
      await (await rig.connect()).ending;
      assert.equal((await rig.target()).state, "gone");
      await upstream.revive();
      await rig.untilState("up");
      const response = await fetch(`${rig.url}/length/10`, { headers: { connection: "close" } });
      assert.equal(response.status, 200);
      await response.arrayBuffer();
    }
  });
  test("and nobody asks the upstream as long as all is well", async (t) => {
    const { upstream, rig } = await start(t);
    for (let tick = 0; tick < 50; tick += 1) rig.pass(1_000);
    await (await fetch(`${rig.url}/length/10`)).arrayBuffer();
    assert.equal(upstream.connections(), 1);
  });
  test("the proxy goes on trying if its port is taken", async (t) => {
    const { upstream, rig } = await start(t);
    await upstream.die();
    await (await rig.connect()).ending;
    const squatter = createServer().listen({ host: "127.0.0.1", port: rig.port });
    await once(squatter, "listening");
    const before = upstream.connections();
    await upstream.revive();
    // It looks, finds the upstream, cannot listen, and looks again.
    while (upstream.connections() < before + 2) {
      rig.pass(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal((await rig.target()).state, "gone");
    squatter.close();
    await once(squatter, "close");
    await rig.untilState("up");
    assert.equal(await rig.knock(), "accepted");
  });
  test("a refusal that comes late does not open the door twice", async (t) => {
    const { door, turn } = await startDoor(t);
    for (let count = 0; count < 200; count += 1) {
      door.upstreamRefused("ECONNREFUSED");
      await turn();
    }
    for (let count = 0; count < 10_000 && door.state === "gone"; count += 1) await turn();
    assert.equal(door.state, "up");
  });
  test("a proxy that is closed meanwhile stays away", async (t) => {
    const { upstream, rig } = await start(t);
    await upstream.die();
    await (await rig.connect()).ending;
    await upstream.revive();
    rig.pass(100);
    await rig.close();
    assert.equal(await rig.knock(), "refused");
  });
});

describe("a door that a fault bars", () => {
  for (const [what, turns] of [
    ["at the same moment as it opens", ["unbar", "bar"]],
    ["twice, and lets go in between", ["unbar", "bar", "unbar", "bar"]],
  ] as const) {
    test(`${what} is shut`, async (t) => {
      const { door, turn } = await startDoor(t);
      door.bar();
      for (const act of turns) door[act]();
      for (let count = 0; count < 50; count += 1) await turn();
      assert.equal(await knockAt(door.port), "refused");
      door.unbar();
      while ((await knockAt(door.port)) === "refused") await turn();
    });
  }
});
