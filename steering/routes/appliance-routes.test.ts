import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PROFILES } from "../profiles.ts";
import { openContentServer, openSteeringRig, REPORT } from "../steering-rig.ts";

const REGISTRATION = {
  id: "east-1",
  region: "east",
  url: "http://127.0.0.1:9",
  incarnation: "1",
  report: REPORT,
};
const HEARTBEAT = { incarnation: "1", sequence: 0, report: REPORT };
type Problem = { readonly code: string };

describe("registering", () => {
  test("answers with the lease", async (t) => {
    const rig = await openSteeringRig(t);
    const response = await rig.register(REGISTRATION);
    assert.equal(response.statusCode, 200);
    assert.deepEqual(response.json(), { leaseSeconds: 3, heartbeatSeconds: 1 });
  });
  test("then heartbeats, then gives the lease back", async (t) => {
    const rig = await openSteeringRig(t);
    await rig.register(REGISTRATION);
    assert.equal((await rig.heartbeat("east-1", HEARTBEAT)).statusCode, 200);
    assert.equal((await rig.cancel("east-1")).statusCode, 204);
    assert.deepEqual(await rig.states(), { "east-1": "gone" });
    assert.equal((await rig.heartbeat("east-1", HEARTBEAT)).statusCode, 404);
  });

  for (const [name, changes] of [
    ["an id with a slash", { id: "a/b" }],
    ["an id with a quote", { id: 'a"b' }],
    ["a region in capitals", { region: "EAST" }],
    ["an address with a path", { url: "http://a/b" }],
    ["an address with a password", { url: "http://me:you@a" }],
    ["an address that is none", { url: "http://a:99999" }],
    ["an address with a quote", { url: 'http://a",SERVER-URI="b' }],
    ["an address with brackets", { url: "http://$(a)" }],
    ["another scheme", { url: "ftp://a" }],
    ["no incarnation", { incarnation: "" }],
    ["an extra field", { extra: 1 }],
    ["no report", { report: undefined }],
  ] as const) {
    test(`${name} is refused with 400`, async (t) => {
      const rig = await openSteeringRig(t);
      const response = await rig.register({ ...REGISTRATION, ...changes });
      assert.equal(response.statusCode, 400);
      assert.deepEqual(await rig.states(), {});
    });
  }

  test("keeps the address in its normal form", async (t) => {
    const rig = await openSteeringRig(t);
    await rig.register({ ...REGISTRATION, url: "HTTP://Edge.Test:80".replace("HTTP", "http") });
    assert.equal((await rig.view()).appliances[0]?.url, "http://edge.test");
  });
  test("more appliances than the limit are refused", async (t) => {
    const registry = { ...PROFILES.demo.registry, maxAppliances: 3 };
    const rig = await openSteeringRig(t, { policy: { ...PROFILES.demo, registry } });
    for (let index = 0; index < 3; index += 1) {
      assert.equal((await rig.register({ ...REGISTRATION, id: `e-${index}` })).statusCode, 200);
    }
    const response = await rig.register({ ...REGISTRATION, id: "one-more" });
    assert.equal(response.statusCode, 503);
    assert.equal(response.json<Problem>().code, "STEER_FLEET_FULL");
  });
});

describe("a heartbeat", () => {
  test("of an unknown appliance: 404", async (t) => {
    const rig = await openSteeringRig(t);
    const response = await rig.heartbeat("nobody", HEARTBEAT);
    assert.equal(response.statusCode, 404);
    assert.equal(response.json<Problem>().code, "STEER_UNKNOWN_APPLIANCE");
  });
  test("older than the last one: 409", async (t) => {
    const rig = await openSteeringRig(t);
    await rig.register(REGISTRATION);
    await rig.heartbeat("east-1", { ...HEARTBEAT, sequence: 5 });
    const response = await rig.heartbeat("east-1", { ...HEARTBEAT, sequence: 4 });
    assert.equal(response.statusCode, 409);
    assert.equal(response.json<Problem>().code, "STEER_STALE_HEARTBEAT");
  });
  test("of a process whose id another one has taken: 409", async (t) => {
    const rig = await openSteeringRig(t);
    await rig.register(REGISTRATION);
    await rig.register({ ...REGISTRATION, incarnation: "2" });
    for (const response of [
      await rig.heartbeat("east-1", { ...HEARTBEAT, sequence: 9 }),
      await rig.register(REGISTRATION),
      await rig.cancel("east-1", "?incarnation=1"),
    ]) {
      assert.equal(response.statusCode, 409);
      assert.equal(response.json<Problem>().code, "STEER_SUPERSEDED");
    }
    assert.deepEqual(await rig.states(), { "east-1": "recovering" });
  });

  const report = (changes: object) =>
    JSON.stringify({ ...HEARTBEAT, report: { ...REPORT, ...changes } });
  for (const [name, body] of [
    ["no JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["nothing in it", "{}"],
    ["NaN as a word", report({}).replace('"activeRequests":0', '"activeRequests":NaN')],
    [
      "a number too large for one",
      report({}).replace('"activeRequests":0', '"activeRequests":1e999'),
    ],
    [
      "an infinite rate",
      report({}).replace('"egressBitsPerSecond":0', '"egressBitsPerSecond":1e999'),
    ],
    ["a huge rate", report({ egressBitsPerSecond: 1e300 })],
    ["a negative rate", report({ egressBitsPerSecond: -1 })],
    ["no capacity", report({ capacityBitsPerSecond: 0 })],
    ["half a request", report({ activeRequests: 0.5 })],
    ["a state that does not exist", report({ state: "fine" })],
    ["null for a number", report({ eventLoopDelayMs: null })],
    ["a negative sequence", JSON.stringify({ ...HEARTBEAT, sequence: -1 })],
    ["a sequence beyond exact numbers", JSON.stringify({ ...HEARTBEAT, sequence: 2 ** 60 })],
    ["an extra field", JSON.stringify({ ...HEARTBEAT, extra: 1 })],
    ["an endless incarnation", JSON.stringify({ ...HEARTBEAT, incarnation: "x".repeat(65) })],
  ] as const) {
    test(`with ${name}: 400, and the registry is as it was`, async (t) => {
      const rig = await openSteeringRig(t);
      await rig.register(REGISTRATION);
      const before = await rig.view();
      const response = await rig.app.inject({
        method: "PUT",
        url: "/v1/appliances/east-1/heartbeat",
        headers: {
          authorization: "Bearer a-token-of-the-fleet",
          "content-type": "application/json",
        },
        payload: body,
      });
      assert.equal(response.statusCode, 400);
      assert.equal(response.json<Problem>().code, "BAD_REQUEST");
      assert.deepEqual(await rig.view(), before);
    });
  }
  test("of more than 8 KiB: 413", async (t) => {
    const rig = await openSteeringRig(t);
    const response = await rig.heartbeat("east-1", { ...HEARTBEAT, extra: "x".repeat(9_000) });
    assert.equal(response.statusCode, 413);
  });
});

describe("without the token", () => {
  for (const [name, headers] of [
    ["no header", {}],
    ["a wrong one", { authorization: "Bearer wrong" }],
    ["another scheme", { authorization: "Basic a-token-of-the-fleet" }],
  ] as const) {
    test(`${name}: 401 before anything is read`, async (t) => {
      const rig = await openSteeringRig(t);
      for (const response of [
        await rig.register({}, headers),
        await rig.heartbeat("a/b", {}, headers),
        await rig.app.inject({ method: "DELETE", url: "/v1/appliances/east-1", headers }),
      ]) {
        assert.ok([401, 404].includes(response.statusCode), String(response.statusCode));
      }
      assert.equal((await rig.register(REGISTRATION, headers)).statusCode, 401);
      assert.deepEqual(await rig.states(), {});
    });
  }
  test("a service that was given none lets nobody in", async (t) => {
    const rig = await openSteeringRig(t, { token: undefined });
    assert.equal((await rig.register(REGISTRATION)).statusCode, 401);
  });
});

test("a probe that comes back late says nothing about the process that followed", async (t) => {
  const box = await openContentServer(t);
  box.behaviour = "silent";
  const rig = await openSteeringRig(t);
  await rig.register({ ...REGISTRATION, url: box.url });
  const probed = rig.pass(1);
  await box.untilAsked();
  await rig.register({ ...REGISTRATION, url: box.url, incarnation: "2" });
  await probed;
  assert.equal((await rig.view()).appliances[0]?.probe, null);
});

test("an appliance is asked as nobody's page: that it answers pages is ours to see to", async (t) => {
  const box = await openContentServer(t);
  box.behaviour = "no-cors";
  const rig = await openSteeringRig(t);
  await rig.join("east-1", "east", box.url);
  await rig.pass(5);
  assert.deepEqual((await rig.view()).appliances[0]?.probe?.warnings, []);
  assert.deepEqual([...box.origins], []);
});

describe("who asks for an appliance", () => {
  test("is told what is known of it, and of all", async (t) => {
    const rig = await openSteeringRig(t);
    await rig.register(REGISTRATION);
    const one = await rig.app.inject(`/v1/appliances/${REGISTRATION.id}`);
    assert.equal(one.json<{ url: string }>().url, REGISTRATION.url);
    const all = await rig.app.inject("/v1/appliances");
    assert.deepEqual(all.json<{ appliances: unknown[] }>().appliances, [one.json()]);
  });
  test("that is not known: 404", async (t) => {
    const rig = await openSteeringRig(t);
    const response = await rig.app.inject("/v1/appliances/nobody");
    assert.deepEqual(
      [response.statusCode, response.json<Problem>().code],
      [404, "STEER_UNKNOWN_APPLIANCE"],
    );
    // Who asks has no lease to take.
    assert.doesNotMatch(response.payload, /register/);
  });
});
