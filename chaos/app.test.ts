/** The API of the chaos service. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { startRig, startUpstream, TOKEN } from "./app.rig.ts";
import { FAULTS_PATH, faultPath } from "./contract/faults.ts";

const headers = { authorization: `Bearer ${TOKEN}` };

async function start(t: TestContext, token: string | undefined = TOKEN) {
  const rig = await startRig(t, await startUpstream(t), {}, { token });
  const put = (payload: object, url = faultPath("a")) =>
    rig.app.inject({ method: "PUT", url, headers, payload });
  return { ...rig, put };
}

describe("PUT /v1/faults/:target", () => {
  test("begins a fault, and fills in what was left open", async (t) => {
    const { put } = await start(t);
    const response = await put({ fault: "trickle", seconds: 5 });
    assert.equal(response.statusCode, 200);
    assert.deepEqual(response.json(), {
      target: "a",
      fault: "trickle",
      parameters: { share: 1, paths: ["*"], seed: "zik0zk", bytesPerSecond: 8_000 },
      startedAt: "2023-11-14T22:13:20.001Z",
      endsAt: "2023-11-14T22:13:25.001Z",
      secondsLeft: 5,
      touchedRequests: 0,
    });
  });
  test("replaces the fault that runs", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "trickle", seconds: 5 });
    await rig.put({ fault: "blackhole", seconds: 3, share: 0.5, seed: "mine" });
    const { fault } = await rig.target();
    assert.equal(fault?.fault, "blackhole");
    assert.deepEqual(fault?.parameters, { share: 0.5, paths: ["*"], seed: "mine" });
  });
  for (const [what, body, code, detail] of [
    ["an unknown fault", { fault: "gremlins", seconds: 1 }, "CHAOS_UNKNOWN_FAULT", /hang-mid/],
    ["no fault", {}, "CHAOS_UNKNOWN_FAULT", /blackhole/],
    ["no duration", { fault: "truncate" }, "CHAOS_BAD_PARAMETER", /at most 3600/],
    [
      "a parameter of another fault",
      { fault: "truncate", seconds: 1, bytesPerSecond: 1 },
      "CHAOS_BAD_PARAMETER",
      /truncate takes: seconds/,
    ],
  ] as const) {
    test(`refuses ${what}, and says what is valid`, async (t) => {
      const { put, target } = await start(t);
      const response = await put(body);
      assert.equal(response.statusCode, 400);
      assert.equal(response.json().code, code);
      assert.match(response.json().detail, detail);
      assert.equal((await target()).fault, null);
    });
  }
  test("refuses an unknown target, and names those there are", async (t) => {
    const { put } = await start(t);
    const response = await put({ fault: "truncate", seconds: 1 }, faultPath("z"));
    assert.deepEqual([response.statusCode, response.json().code], [404, "CHAOS_UNKNOWN_TARGET"]);
    assert.match(response.json().detail, /target z; the targets are a$/);
  });
  test("refuses what is no JSON", async (t) => {
    const { app } = await start(t);
    const response = await app.inject({
      method: "PUT",
      url: faultPath("a"),
      headers: { ...headers, "content-type": "application/json" },
      payload: "{",
    });
    assert.equal(response.statusCode, 400);
  });
});

describe("the token", () => {
  for (const method of ["PUT", "DELETE"] as const) {
    test(`is asked for by ${method}`, async (t) => {
      const { app, target } = await start(t);
      for (const authorization of [undefined, "Bearer other", TOKEN]) {
        const response = await app.inject({
          method,
          url: faultPath("a"),
          headers: authorization === undefined ? {} : { authorization },
          ...(method === "PUT" ? { payload: { fault: "blackhole", seconds: 1 } } : {}),
        });
        assert.deepEqual([response.statusCode, response.json().code], [401, "UNAUTHORISED"]);
      }
      assert.equal((await target()).fault, null);
    });
  }
  test("that was never set lets nobody in", async (t) => {
    const rig = await startRig(t, await startUpstream(t), {}, { token: undefined });
    const response = await rig.app.inject({ method: "DELETE", url: faultPath("a"), headers });
    assert.equal(response.statusCode, 401);
  });
});

describe("DELETE /v1/faults/:target", () => {
  test("heals, and may be said twice", async (t) => {
    const { app, put } = await start(t);
    await put({ fault: "blackhole", seconds: 5 });
    for (const _ of [1, 2]) {
      const response = await app.inject({ method: "DELETE", url: faultPath("a"), headers });
      assert.deepEqual([response.statusCode, response.json().fault], [200, null]);
    }
  });
  test("says what the fault was that it ended, and what it had touched", async (t) => {
    const { app, put, pass, url } = await start(t);
    await put({ fault: "status-503", seconds: 5, seed: "mine" });
    await fetch(`${url}/length/1`);
    pass(2_000);
    const response = await app.inject({ method: "DELETE", url: faultPath("a"), headers });
    assert.deepEqual(response.json().lastFault, {
      target: "a",
      fault: "status-503",
      parameters: { share: 1, paths: ["*"], seed: "mine" },
      startedAt: "2023-11-14T22:13:20.001Z",
      endedAt: "2023-11-14T22:13:22.001Z",
      reason: "asked",
      touchedRequests: 1,
    });
  });
  test("refuses an unknown target", async (t) => {
    const { app } = await start(t);
    const response = await app.inject({ method: "DELETE", url: faultPath("z"), headers });
    assert.deepEqual([response.statusCode, response.json().code], [404, "CHAOS_UNKNOWN_TARGET"]);
  });
});

describe("DELETE /v1/faults", () => {
  const healAll = { method: "DELETE", url: FAULTS_PATH, headers } as const;

  test("ends every fault, and says which", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "blackhole", seconds: 5 });
    const response = await rig.app.inject(healAll);
    const { fault, lastFault } = await rig.target();
    assert.deepEqual([response.statusCode, fault], [200, null]);
    assert.deepEqual(response.json(), { ended: [lastFault] });
  });
  test("may be said when nothing is broken", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "blackhole", seconds: 5 });
    rig.passUnnoticed(5_000);
    assert.deepEqual((await rig.app.inject(healAll)).json(), { ended: [] });
  });
  test("needs the token", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "blackhole", seconds: 5 });
    const response = await rig.app.inject({ method: "DELETE", url: FAULTS_PATH });
    assert.deepEqual([response.statusCode, response.json().code], [401, "UNAUTHORISED"]);
    assert.equal((await rig.target()).fault?.fault, "blackhole");
  });
});

describe("GET /v1/faults", () => {
  test("lists the targets to anybody, and is kept nowhere", async (t) => {
    const upstream = await startUpstream(t);
    const rig = await startRig(t, upstream);
    const response = await rig.app.inject("/v1/faults");
    assert.equal(response.headers["cache-control"], "no-store");
    assert.equal(response.headers["access-control-allow-origin"], "*");
    assert.deepEqual(response.json().targets, [
      {
        name: "a",
        url: rig.url,
        upstream: `http://127.0.0.1:${upstream.port}`,
        state: "up",
        fault: null,
        lastFault: null,
      },
    ]);
  });
  test("counts the requests that a fault has touched", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "status-503", seconds: 5, paths: ["/touched"] });
    for (const path of ["/touched", "/length/1", "/touched?again"]) await fetch(rig.url + path);
    assert.equal((await rig.target()).fault?.touchedRequests, 2);
  });
  test("shows time running out, and nothing afterwards", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "truncate", seconds: 5 });
    rig.pass(4_999);
    assert.equal((await rig.target()).fault?.secondsLeft, 0.001);
    rig.passUnnoticed(1);
    assert.equal((await rig.target()).fault, null);
  });
  test("keeps the fault before the last change, with its end and its count", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "status-503", seconds: 5 });
    await fetch(`${rig.url}/length/1`);
    // It ended when its time was over, and not when somebody looked.
    rig.passUnnoticed(7_000);
    const over = (await rig.target()).lastFault;
    assert.deepEqual(
      [over?.fault, over?.reason, over?.endedAt, over?.touchedRequests],
      ["status-503", "time-is-over", "2023-11-14T22:13:25.001Z", 1],
    );
    await rig.put({ fault: "truncate", seconds: 5 });
    assert.deepEqual((await rig.target()).lastFault, over);
    await rig.put({ fault: "blackhole", seconds: 5 });
    const replaced = (await rig.target()).lastFault;
    assert.deepEqual([replaced?.fault, replaced?.reason], ["truncate", "replaced"]);
  });
  test("calls over what was over when somebody healed it", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "truncate", seconds: 5 });
    rig.passUnnoticed(5_000);
    await rig.heal();
    assert.equal((await rig.target()).lastFault?.reason, "time-is-over");
  });
});

describe("GET /v1/faults/:target", () => {
  test("shows one target, to anybody", async (t) => {
    const rig = await start(t);
    await rig.put({ fault: "blackhole", seconds: 5 });
    const response = await rig.app.inject(faultPath("a"));
    assert.equal(response.json().fault.fault, "blackhole");
    assert.deepEqual(response.json(), await rig.target());
  });
  test("refuses an unknown target", async (t) => {
    const response = await (await start(t)).app.inject(faultPath("z"));
    assert.deepEqual([response.statusCode, response.json().code], [404, "CHAOS_UNKNOWN_TARGET"]);
  });
});

test("any other path is a problem with a code", async (t) => {
  const { app } = await start(t);
  const response = await app.inject("/nowhere");
  assert.deepEqual([response.statusCode, response.json().code], [404, "CHAOS_NOT_FOUND"]);
});
