/** The plain way and Fastify's must not be told apart by a player. */
import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import type { DependencyMap } from "../contract/dependencies.ts";
import type { SteeringManifest } from "../contract/steering-manifest.ts";
import { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import { openContentServer, openSteeringRig } from "../steering-rig.ts";
import { newPlainManifestTaker } from "./plain-manifests.ts";

async function openFleet(t: TestContext) {
  const rig = await openSteeringRig(t);
  for (const id of ["east-1", "east-2"]) {
    await rig.join(id, "east", (await openContentServer(t)).url);
  }
  await rig.pass(15);
  const address = await rig.app.listen({ host: "127.0.0.1", port: 0 });
  return { rig, address, uri: await rig.steeringUri() };
}

describe("a manifest that is asked for plainly", () => {
  const headersOf = (headers: Record<string, unknown>) =>
    [
      "content-type",
      "cache-control",
      "access-control-allow-origin",
      "access-control-expose-headers",
    ].map((name) => headers[name]);

  for (const [what, rest] of [
    ["nothing else", ""],
    ["where the player is", "&_HLS_pathway=east-2&_HLS_throughput=4000000"],
    ["an absurd throughput", "&_HLS_throughput=-1294967296"],
    ["the same parameter twice", "&_HLS_pathway=east-2&_HLS_pathway=east-1"],
    ["parameters that nobody knows", "&a&=&b=c=d"],
  ] as const) {
    test(`with ${what} is the one that Fastify would give`, async (t) => {
      const { rig, address, uri } = await openFleet(t);
      const plain = await fetch(`${address}${uri}${rest}`);
      const text = await plain.text();
      const routed = await rig.app.inject(`${uri}${rest}`);
      assert.equal(text, routed.payload);
      assert.deepEqual(headersOf(Object.fromEntries(plain.headers)), headersOf(routed.headers));
      assert.equal(Number(plain.headers.get("content-length")), Buffer.byteLength(text));
    });
  }
  test("is a manifest whatever the token is", async (t) => {
    const { address } = await openFleet(t);
    for (const query of [
      "session=",
      "session=a.b",
      "session",
      "x=1",
      `session=${"x".repeat(3_500)}`,
    ]) {
      for (const path of ["/v1/steer/hls", "/v1/steer/dash"]) {
        const answer = await fetch(`${address}${path}?${query}`);
        assert.equal(answer.status, 200);
        const manifest = (await answer.json()) as SteeringManifest;
        assert.deepEqual([...manifest["PATHWAY-PRIORITY"]].sort(), ["east-1", "east-2"]);
      }
    }
  });
  test("is counted among those whom steering serves", async (t) => {
    const { rig, address, uri } = await openFleet(t);
    await (await fetch(address + uri)).text();
    const { dependencies } = (await rig.app.inject("/v1/dependencies")).json<DependencyMap>();
    const edge = dependencies.find(({ purpose }) => purpose === "steer-hls");
    assert.deepEqual([edge?.caller, edge?.calls], ["viewers", 1]);
  });
});

test("what is not plain is answered all the same", async (t) => {
  const { address, uri } = await openFleet(t);
  for (const [target, init] of [
    [`${uri}&_HLS_pathway=%22east-2%22`, {}],
    [uri, { method: "HEAD" }],
    ["/v1/steer/hls", {}],
  ] as const) {
    assert.equal((await fetch(address + target, init)).status, 200);
  }
  const preflight = await fetch(address + uri, {
    method: "OPTIONS",
    headers: { origin: "http://a.test", "access-control-request-method": "GET" },
  });
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.equal((await fetch(`${address}/v1/steer/hls%2f?x=1`)).status, 400);
});

test("a mistake of ours is left to Fastify, and does not end the process", () => {
  const takePlain = newPlainManifestTaker({
    compose: () => {
      throw new TypeError("a mistake");
    },
    ledger: new DependencyLedger({ maxEdges: 2, forgetAfterMs: 1 }, 1),
    now: () => 1,
  });
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: "GET", url: "/v1/steer/hls?session=x" });
  assert.equal(takePlain(request, new ServerResponse(request)), false);
});
