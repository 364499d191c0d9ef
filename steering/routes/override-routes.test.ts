/** What an operator is told whose word is not taken. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { ProblemDetails } from "../../chassis/problem-details.ts";
import { openContentServer, openSteeringRig } from "../steering-rig.ts";

const URL = "/v1/appliances/east-1/override";
const GOOD = { action: "drain", seconds: 60, reason: "disk swap" };

async function ask(t: TestContext, body: object) {
  const rig = await openSteeringRig(t);
  const box = await openContentServer(t);
  await rig.join("east-1", "east", box.url);
  const answer = await rig.act("PUT", URL, body);
  const { code, detail } = answer.json<ProblemDetails>();
  return { status: answer.statusCode, code, detail };
}

describe("an override that is not taken", () => {
  test("says what an action may be, and which field nobody knows", async (t) => {
    const { seconds, ...rest } = GOOD;
    assert.deepEqual(await ask(t, { ...rest, action: "drian", second: seconds }), {
      status: 400,
      code: "BAD_REQUEST",
      detail:
        "body/seconds is missing, body/second is no field that is known here, body/action must be one of drain, exclude, prefer, trust",
    });
  });
  test("says so where no token could be right", async (t) => {
    const rig = await openSteeringRig(t, { token: undefined });
    const answer = await rig.act("PUT", URL, GOOD);
    const { code, detail } = answer.json<ProblemDetails>();
    assert.deepEqual([answer.statusCode, code], [401, "UNAUTHORISED"]);
    assert.match(detail ?? "", /was started without UNDERSTUDY_TOKEN/);
  });
  test("says that a token is needed where there is one", async (t) => {
    const rig = await openSteeringRig(t);
    const answer = await rig.app.inject({ method: "PUT", url: URL, payload: GOOD });
    assert.equal(answer.json<ProblemDetails>().detail, "This needs the bearer token");
  });
});
