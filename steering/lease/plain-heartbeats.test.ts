/** The plain way and Fastify's must not be told apart by an appliance. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import { openSteeringRig, REPORT } from "../steering-rig.ts";
import { newPlainHeartbeatTaker } from "./plain-heartbeats.ts";

const GOOD = { incarnation: "1", sequence: 1, report: REPORT };
const TOKEN = "a-token-of-the-fleet";

async function openFleet(t: TestContext) {
  const rig = await openSteeringRig(t);
  await rig.joinAs("east-1", "east", "http://127.0.0.1:9");
  const address = await rig.app.listen({ host: "127.0.0.1", port: 0 });
  const beat = (body: string, { id = "east-1", token = TOKEN, type = "application/json" } = {}) =>
    fetch(`${address}/v1/appliances/${id}/heartbeat`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      body,
    });
  const age = async () => (await rig.view()).appliances[0]?.heartbeatAgeSeconds;
  return { rig, beat, age };
}

describe("a heartbeat over the wire", () => {
  test("renews the lease, and is told for how long", async (t) => {
    const { rig, beat, age } = await openFleet(t);
    rig.sleep(1_000);
    const answer = await beat(JSON.stringify(GOOD));
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { leaseSeconds: 3, heartbeatSeconds: 1 });
    assert.equal(await age(), 0);
  });

  const report = (changes: object) =>
    JSON.stringify({ ...GOOD, report: { ...REPORT, ...changes } });
  for (const [what, body, status, code] of [
    ["no JSON", "{", 400, "BAD_REQUEST"],
    ["nothing", " ", 400, "BAD_REQUEST"],
    ["null", "null", 400, "BAD_REQUEST"],
    ["a list", "[]", 400, "BAD_REQUEST"],
    ["no report", JSON.stringify({ incarnation: "1", sequence: 1 }), 400, "BAD_REQUEST"],
    ["a number as text", report({ egressBitsPerSecond: "5" }), 400, "BAD_REQUEST"],
    ["a negative number", report({ activeRequests: -1 }), 400, "BAD_REQUEST"],
    [
      "infinity",
      report({}).replace('"activeRequests":0', '"activeRequests":1e999'),
      400,
      "BAD_REQUEST",
    ],
    ["more than is asked for", JSON.stringify({ ...GOOD, extra: 1 }), 400, "BAD_REQUEST"],
    [
      "another process",
      JSON.stringify({ ...GOOD, incarnation: "2" }),
      404,
      "STEER_UNKNOWN_APPLIANCE",
    ],
    ["too much of it", report({}) + " ".repeat(9_000), 413, "BAD_REQUEST"],
  ] as const) {
    test(`with ${what}: ${status} ${code}, and the lease is as it was`, async (t) => {
      const { rig, beat, age } = await openFleet(t);
      rig.sleep(1_000);
      const answer = await beat(body);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get("content-type")?.split(";")[0], "application/problem+json");
      assert.equal(((await answer.json()) as { code: string }).code, code);
      assert.equal(await age(), 1);
    });
  }
  test("that does not fit is answered with the same words either way", async (t) => {
    const { rig, beat } = await openFleet(t);
    const body = { ...GOOD, sequence: -1, report: { ...REPORT, state: "asleep" }, extra: 1 };
    const plainly = (await (await beat(JSON.stringify(body))).json()) as { detail: string };
    const routed = await rig.heartbeat("east-1", body);
    assert.equal(plainly.detail, routed.json<{ detail: string }>().detail);
    assert.match(plainly.detail, /body\/extra is no field that is known here/);
  });
  test("older than the last one: 409", async (t) => {
    const { beat } = await openFleet(t);
    await beat(JSON.stringify({ ...GOOD, sequence: 5 }));
    const answer = await beat(JSON.stringify({ ...GOOD, sequence: 4 }));
    assert.equal(answer.status, 409);
    assert.equal(((await answer.json()) as { code: string }).code, "STEER_STALE_HEARTBEAT");
  });
  test("without the token: 401", async (t) => {
    const { beat } = await openFleet(t);
    const answer = await beat(JSON.stringify(GOOD), { token: "wrong" });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
  });
  test("of a type that is none, or for an id that is none: refused", async (t) => {
    const { beat } = await openFleet(t);
    assert.equal((await beat(JSON.stringify(GOOD), { type: "text/plain" })).status, 400);
    assert.equal((await beat(JSON.stringify(GOOD), { id: "no%20id" })).status, 400);
  });
});

test("a mistake of ours is answered with 500, and does not end the process", async (t) => {
  const taken = newPlainHeartbeatTaker({
    hear: () => {
      throw new TypeError("a mistake");
    },
    token: TOKEN,
    lease: { leaseSeconds: 3, heartbeatSeconds: 1 },
    ledger: new DependencyLedger({ maxEdges: 2, forgetAfterMs: 1 }, 1),
    now: () => 1,
  });
  const server = createServer((request, response) => void taken(request, response));
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/appliances/east-1/heartbeat`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      connection: "close",
    },
    body: JSON.stringify(GOOD),
  });
  assert.equal(answer.status, 500);
  assert.equal(((await answer.json()) as { code: string }).code, "INTERNAL");
});
