/** Faults in which the answer itself is wrong: what a client is told in the place of a segment. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { bodyOf, startRig, startUpstream } from "../app.rig.ts";

async function start(t: TestContext) {
  const upstream = await startUpstream(t);
  return { upstream, rig: await startRig(t, upstream) };
}

describe("faults in which the answer lies", () => {
  const SEGMENT = "/length/1000/segment-1.m4s";

  for (const [fault, status, bytes] of [
    ["status-404", 404, undefined],
    ["html-200", 200, undefined],
    ["redirect-dead", 302, 0],
    ["corrupt", 200, 1_000],
  ] as const) {
    test(`${fault}: what comes for a segment, and nothing of it once it is healed`, async (t) => {
      const { upstream, rig } = await start(t);
      await rig.put({ fault, seconds: 5 });
      const response = await fetch(rig.url + SEGMENT, { redirect: "manual" });
      assert.equal(response.status, status);
      const body = Buffer.from(await response.arrayBuffer());
      if (bytes !== undefined) assert.equal(body.length, bytes);
      assert.ok(!body.includes(bodyOf(100)));
      assert.deepEqual(upstream.asked, fault === "corrupt" ? [`GET ${SEGMENT}`] : []);
      assert.equal((await rig.target()).fault?.touchedRequests, 1);

      await rig.heal();
      const healed = Buffer.from(await (await fetch(rig.url + SEGMENT)).arrayBuffer());
      assert.deepEqual(healed, bodyOf(1_000));
    });
  }
  test("corrupt: no byte of a chunked body is right, and its end is found", async (t) => {
    const { rig } = await start(t);
    await rig.put({ fault: "corrupt", seconds: 5 });
    const response = await fetch(`${rig.url}/chunked/1000/a.ts`);
    const body = Buffer.from(await response.arrayBuffer());
    assert.equal(body.length, 1_000);
    assert.ok(body.every((byte, at) => byte !== bodyOf(1_000)[at]));
    assert.equal((await rig.target()).fault?.touchedRequests, 1);
  });
  test("playlists and probes are spared by those that are of segments", async (t) => {
    const { rig } = await start(t);
    for (const fault of ["status-404", "redirect-dead", "corrupt"] as const) {
      await rig.put({ fault, seconds: 5 });
      const response = await fetch(`${rig.url}/length/10`);
      assert.equal(await response.text(), bodyOf(10).toString());
    }
  });
});
