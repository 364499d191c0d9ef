import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { newServiceApp } from "../../chassis/service-app.ts";
import { describeRoute } from "../documentation/describe-route.ts";
import { boundDearQuestions } from "./dear-questions.ts";

function openRig(t: TestContext) {
  const rig = { nowMs: 1, costMs: 300 };
  const app = newServiceApp({ notFoundCode: "NOT_FOUND" });
  t.after(() => app.close());
  boundDearQuestions(app, { token: "a-token", now: () => rig.nowMs });
  for (const [caller, path] of [
    ["operators", "/look"],
    ["viewers", "/play"],
  ] as const) {
    const schema = describeRoute({ caller, purpose: path.slice(1), summary: "x" });
    app.get(path, { schema }, (_, reply) => {
      rig.nowMs += rig.costMs;
      return reply.send("seen");
    });
  }
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url: path, headers })).statusCode;
  return {
    rig,
    app,
    ask,
    async times(count: number, path: string, headers: Record<string, string> = {}) {
      const codes: number[] = [];
      for (let turn = 0; turn < count; turn += 1) codes.push(await ask(path, headers));
      return codes;
    },
  };
}

describe("dear questions", () => {
  test("are answered while there is time for them, and then refused", async (t) => {
    const { app, times } = openRig(t);
    assert.deepEqual(await times(6, "/look"), [200, 200, 200, 200, 429, 429]);
    const { headers, payload } = await app.inject("/look");
    assert.equal(headers["retry-after"], "1");
    assert.equal((JSON.parse(payload) as { code: string }).code, "STEER_TOO_OFTEN");
  });
  test("are answered again, a tenth of the time", async (t) => {
    const { rig, times } = openRig(t);
    await times(6, "/look");
    rig.nowMs += 4_000;
    assert.deepEqual(await times(3, "/look"), [200, 200, 429]);
  });
  test("that cost nothing may be asked without end", async (t) => {
    const { rig, times } = openRig(t);
    rig.costMs = 0;
    assert.deepEqual(new Set(await times(1_000, "/look")), new Set([200]));
  });
  test("are answered to whoever shows the token", async (t) => {
    const { times } = openRig(t);
    await times(6, "/look");
    assert.deepEqual(await times(2, "/look", { authorization: "Bearer a-token" }), [200, 200]);
    assert.deepEqual(await times(1, "/look", { authorization: "Bearer a-guess" }), [429]);
  });
  test("never keep a viewer from an answer", async (t) => {
    const { times } = openRig(t);
    await times(6, "/look");
    assert.deepEqual(new Set(await times(20, "/play")), new Set([200]));
  });
});
