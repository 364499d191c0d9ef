import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildFleetApp } from "./app.ts";
import type { FleetProcess } from "./contract/process-control.ts";
import type { ChaosRequest } from "./control/chaos-door.ts";
import { createOperatorPass } from "./control/operator-pass.ts";

const TOKEN = "the-token-of-this-fleet";
const SITE = "http://127.0.0.1:4100";
const HOST = "127.0.0.1:4102";
const EAST: FleetProcess = {
  name: "east-1",
  role: "appliance",
  region: "east",
  url: "http://127.0.0.1:4111",
  state: "running",
  pid: 7,
  restarts: 0,
  lastExit: null,
};

const CHAOS_ANSWER = JSON.stringify({ status: 400, code: "CHAOS_UNKNOWN_FAULT" });

type Method = "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS";
type Chaos = "answers" | "is-silent" | "is-not-there";

async function newFleet(chaos: Chaos = "answers") {
  const acts: string[] = [];
  const passed: ChaosRequest[] = [];
  let secrets = 0;
  let linksUsed = 0;
  const pass = createOperatorPass({
    now: () => 1,
    drawSecret: () => `secret-${++secrets}`,
    sessionMs: 1_000,
    maxSessions: 9,
  });
  const app = await buildFleetApp({
    list: () => [EAST],
    act: async (name, act) => {
      if (name !== EAST.name) return { kind: "unknown-process" };
      if (act === "start") return { kind: "refused", reason: "is-up" };
      if (act === "stop") return { kind: "refused", reason: "is-down" };
      acts.push(`${name} ${act}`);
      return { kind: "done", process: EAST };
    },
    passToChaos:
      chaos === "is-not-there"
        ? undefined
        : async (question) => {
            passed.push(question);
            return chaos === "answers"
              ? { status: 400, contentType: "application/problem+json", body: CHAOS_ANSWER }
              : undefined;
          },
    token: TOKEN,
    pass,
    sessionSeconds: 60,
    onLinkUsed: () => (linksUsed += 1),
    siteUrl: SITE,
    controlPort: 4102,
  });
  const send = (method: Method, url: string, headers = {}, payload?: object) =>
    app.inject({ method, url, headers: { host: HOST, ...headers }, ...(payload && { payload }) });
  const becomeOperator = async () => {
    const { cookies } = await send("GET", `/operator?code=${pass.code()}`);
    return `${cookies[0]?.name}=${cookies[0]?.value}`;
  };
  return { acts, passed, pass, send, becomeOperator, linksUsed: () => linksUsed };
}

const BEARER = { authorization: `Bearer ${TOKEN}` };
const KILL = "/v1/processes/east-1/kill";

describe("the control API", () => {
  test("lists the processes to anybody on this machine", async () => {
    const { send } = await newFleet();
    assert.deepEqual((await send("GET", "/v1/processes")).json(), { processes: [EAST] });
  });
  test("shows one of them, and says so where there is none of that name", async () => {
    const { send } = await newFleet();
    assert.deepEqual((await send("GET", "/v1/processes/east-1")).json(), EAST);
    const response = await send("GET", "/v1/processes/east-9");
    assert.deepEqual([response.statusCode, response.json().code], [404, "FLEET_UNKNOWN_PROCESS"]);
  });
  test("acts for the bearer of the token", async () => {
    const { send, acts } = await newFleet();
    const response = await send("POST", KILL, BEARER);
    assert.equal(response.statusCode, 200);
    assert.deepEqual(response.json(), EAST);
    assert.deepEqual(acts, ["east-1 kill"]);
  });
  for (const [what, url, status, code] of [
    ["a process that is not there", "/v1/processes/east-9/kill", 404, "FLEET_UNKNOWN_PROCESS"],
    ["starting what is up", "/v1/processes/east-1/start", 409, "FLEET_ALREADY_UP"],
    ["stopping what is down", "/v1/processes/east-1/stop", 409, "FLEET_ALREADY_DOWN"],
    ["an act that is none", "/v1/processes/east-1/explode", 400, "BAD_REQUEST"],
    ["no act", "/v1/processes/east-1", 404, "FLEET_NOT_FOUND"],
  ] as const) {
    test(`answers ${what} with ${status} ${code}`, async () => {
      const response = await (await newFleet()).send("POST", url, BEARER);
      assert.deepEqual([response.statusCode, response.json().code], [status, code]);
    });
  }
  for (const host of ["evil.example", "evil.example:4102", "127.0.0.1", "127.0.0.1:4103"]) {
    test(`answers nothing to the host ${host}`, async () => {
      const { send, acts } = await newFleet();
      for (const response of [
        await send("GET", "/v1/processes", { host }),
        await send("POST", KILL, { ...BEARER, host }),
      ]) {
        assert.deepEqual([response.statusCode, response.json().code], [421, "FLEET_FOREIGN_HOST"]);
      }
      assert.deepEqual(acts, []);
    });
  }
  test("lets the site's pages, and no others, read with the cookie", async () => {
    const { send } = await newFleet();
    const { headers } = await send("GET", "/v1/operator", { origin: "http://evil.example" });
    assert.equal(headers["access-control-allow-origin"], SITE);
    assert.equal(headers["access-control-allow-credentials"], "true");
    const preflight = await send("OPTIONS", KILL, {
      origin: SITE,
      "access-control-request-method": "POST",
    });
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      assert.match(String(preflight.headers["access-control-allow-methods"]), new RegExp(method));
    }
  });
});

describe("the door to chaos", () => {
  const FAULT = "/v1/faults/east-1";
  const BLACKHOLE = { fault: "blackhole", seconds: 5 };

  test("passes an operator's request on, and the answer back, as they are", async () => {
    const { send, passed } = await newFleet();
    const response = await send("PUT", FAULT, BEARER, BLACKHOLE);
    assert.deepEqual(passed, [{ method: "PUT", path: FAULT, body: BLACKHOLE }]);
    assert.equal(response.statusCode, 400);
    assert.equal(response.body, CHAOS_ANSWER);
    assert.match(String(response.headers["content-type"]), /problem\+json/);
  });
  test("lets anybody on this machine read which faults there are", async () => {
    const { send, passed } = await newFleet();
    for (const path of ["/v1/faults", FAULT]) await send("GET", path);
    assert.equal(passed.length, 2);
  });
  for (const [method, path] of [
    ["PUT", FAULT],
    ["DELETE", FAULT],
    ["DELETE", "/v1/faults"],
  ] as const) {
    test(`is closed to ${method} ${path} of anybody but the operator`, async () => {
      const { send, passed, becomeOperator } = await newFleet();
      const cookie = await becomeOperator();
      for (const headers of [{}, { cookie }, { cookie, origin: "http://evil.example" }]) {
        assert.equal((await send(method, path, headers)).statusCode, 401);
      }
      assert.deepEqual(passed, []);
      await send(method, path, { cookie, origin: SITE });
      assert.deepEqual(passed, [{ method, path, body: undefined }]);
    });
  }
  for (const [chaos, status, code] of [
    ["is-not-there", 404, "FLEET_NO_CHAOS"],
    ["is-silent", 503, "FLEET_CHAOS_UNREACHABLE"],
  ] as const) {
    test(`answers ${status} ${code} if chaos ${chaos}`, async () => {
      const response = await (await newFleet(chaos)).send("DELETE", FAULT, BEARER);
      assert.deepEqual([response.statusCode, response.json().code], [status, code]);
    });
  }
});

describe("who may act", () => {
  for (const [who, headers] of [
    ["nobody", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["a made-up cookie", { cookie: "understudy-operator-4102=guess", origin: SITE }],
  ] as const) {
    test(`${who}: 401`, async () => {
      const { send, acts } = await newFleet();
      const response = await send("POST", KILL, headers);
      assert.deepEqual([response.statusCode, response.json().code], [401, "FLEET_NOT_OPERATOR"]);
      assert.equal((await send("GET", "/v1/operator", headers)).json().mayAct, false);
      assert.deepEqual(acts, []);
    });
  }
  test("the operator's cookie, from the site", async () => {
    const { send, becomeOperator } = await newFleet();
    const headers = { cookie: await becomeOperator(), origin: SITE };
    assert.equal((await send("GET", "/v1/operator", headers)).json().mayAct, true);
    assert.equal((await send("POST", KILL, headers)).statusCode, 200);
  });
  for (const origin of [undefined, "http://evil.example", "http://127.0.0.1:4111", "null"]) {
    test(`not the cookie that a page of ${origin} sent along`, async () => {
      const { send, becomeOperator, acts } = await newFleet();
      const headers = { cookie: await becomeOperator(), ...(origin ? { origin } : {}) };
      assert.equal((await send("POST", KILL, headers)).statusCode, 401);
      assert.deepEqual(acts, []);
    });
  }
  test("the bearer of the token counts as one", async () => {
    const { send } = await newFleet();
    assert.equal((await send("GET", "/v1/operator", BEARER)).json().mayAct, true);
  });
});

describe("the operator link", () => {
  test("sets a cookie that scripts and other sites cannot use, and leads to the site", async () => {
    const { send, pass, linksUsed } = await newFleet();
    const response = await send("GET", `/operator?code=${pass.code()}`);
    assert.equal(response.statusCode, 303);
    assert.equal(response.headers.location, `${SITE}/`);
    const [cookie] = response.cookies;
    assert.equal(cookie?.httpOnly, true);
    assert.equal(cookie?.sameSite, "Strict");
    assert.equal(linksUsed(), 1);
  });
  test("works once", async () => {
    const { send, pass, linksUsed } = await newFleet();
    const url = `/operator?code=${pass.code()}`;
    await send("GET", url);
    const again = await send("GET", url);
    assert.equal(again.statusCode, 401);
    assert.match(again.body, /does not work/);
    assert.ok(again.body.includes(`href="${SITE}/"`), "the way to the site is shown");
    assert.deepEqual(again.cookies, []);
    assert.equal(linksUsed(), 1);
  });
  test("leads who is the operator already to the site, and is not used up by it", async () => {
    const { send, pass, becomeOperator, linksUsed } = await newFleet();
    const used = `/operator?code=${pass.code()}`;
    const headers = { cookie: await becomeOperator() };
    const next = `/operator?code=${pass.code()}`;
    for (const url of [used, next]) {
      const again = await send("GET", url, headers);
      assert.equal(again.statusCode, 303);
      assert.equal(again.headers.location, `${SITE}/`);
      assert.deepEqual(again.cookies, []);
    }
    assert.equal(linksUsed(), 1);
    assert.equal((await send("GET", next)).statusCode, 303);
  });
  for (const query of ["", "?code=", "?code=wrong", `?code=${TOKEN}`]) {
    test(`does not work with "${query}"`, async () => {
      const { send } = await newFleet();
      assert.equal((await send("GET", `/operator${query}`)).statusCode, 401);
    });
  }
});
