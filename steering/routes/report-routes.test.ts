import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Cmcd, CmcdReporter } from "@svta/cml-cmcd";
import { newServiceApp } from "../../chassis/service-app.ts";
import { seededRandom } from "../../kernel/seeded-random.ts";
import { CMCD_PATH, MAX_CMCD_BODY_BYTES } from "../contract/player-reports.ts";
import { NodeAddresses } from "../core/reports/node-addresses.ts";
import { ReportLedger } from "../core/reports/report-ledger.ts";
import { POLICY } from "../core/reports/reports.rig.ts";
import { openReportTaker } from "../reports/take-reports.ts";
import { openSessionSigner } from "../session/session-signer.ts";
import { addReportRoutes } from "./report-routes.ts";

const EAST = { id: "east-1", url: "http://127.0.0.1:4201" };
const WEST = { id: "west-1", url: "http://127.0.0.1:4202" };
const NORTH = { id: "north-1", url: "http://127.0.0.1:4203" };

function openReportRig(t: TestContext) {
  const nowMs = 1;
  const signer = openSessionSigner({
    keys: [Buffer.from("a key of these tests")],
    lifetimeSeconds: 60,
    wallNow: () => 1_760_000_000_000,
  });
  const ledger = new ReportLedger({ policy: POLICY, random: seededRandom("salt") });
  const addresses = new NodeAddresses();
  for (const { id, url } of [EAST, WEST, NORTH]) addresses.put(id, url);
  const findNode = addresses.find;
  const taker = openReportTaker({ ledger, signer, findNode, now: () => nowMs });
  const app = newServiceApp({ notFoundCode: "STEER_UNKNOWN_PATH" });
  t.after(() => app.close());
  addReportRoutes(app, { taker });

  return {
    taker,
    app,
    /** May speak of east-1 and west-1. */
    newToken: (id = signer.newSessionId()) =>
      signer.sign({
        kind: "play",
        id,
        source: "demo",
        path: "/a.m3u8",
        region: undefined,
        pathways: [EAST, WEST].map((node) => ({ id: node.id, fingerprint: "1" })),
      }),
    report: (token: string | undefined, body: string, type = "application/cmcd") =>
      app.inject({
        method: "POST",
        url: token === undefined ? CMCD_PATH : `${CMCD_PATH}?session=${token}`,
        headers: { "content-type": type },
        payload: body,
      }),
    verdict: (id: string) => ledger.verdictOn(id, nowMs)?.verdict ?? "none",
    fates: () => Object.fromEntries(Object.entries(taker.counts).filter(([, count]) => count > 0)),
  };
}

/** What the library's own reporter sends of these, in one body. */
async function bodyOf(...responses: Partial<Cmcd>[]): Promise<string> {
  const bodies: string[] = [];
  const reporter = new CmcdReporter(
    {
      sid: "a-playback",
      eventTargets: [
        {
          url: "http://steering.test",
          events: ["rr", "ps"],
          enabledKeys: ["sid", "sn", "v", "cdn", "rc", "url", "ts", "e", "sta"],
          batchSize: responses.length,
        },
      ],
    },
    ({ body }) => {
      bodies.push(String(body));
      return Promise.resolve({ status: 204 });
    },
  );
  for (const response of responses) {
    if (response.sta === undefined) reporter.recordEvent("rr", response);
    else reporter.update(response);
  }
  reporter.stop(true);
  await Promise.resolve();
  return bodies.join("\n");
}

const failed = (node: { readonly url: string }) => ({ rc: 0, url: `${node.url}/vod/1.m4s` });
const answered = (node: { readonly url: string }) => ({ rc: 200, url: `${node.url}/vod/1.m4s` });

describe("what players report", () => {
  test("reaches the verdict, as the library's own reporter sends it", async (t) => {
    const rig = openReportRig(t);
    const body = await bodyOf(failed(EAST), answered(WEST), answered(WEST));
    for (let session = 0; session < 3; session += 1) {
      const response = await rig.report(rig.newToken(), body);
      assert.equal(response.statusCode, 204);
      assert.equal(response.headers["cache-control"], "no-store");
    }
    assert.equal(rig.verdict("east-1"), "bad");
    assert.equal(rig.verdict("west-1"), "good");
    assert.deepEqual(rig.fates(), { noted: 9 });
  });
  for (const type of ["application/cmcd", "text/cmcd", "text/plain", "text/plain;charset=UTF-8"]) {
    test(`may come as ${type}`, async (t) => {
      const rig = openReportRig(t);
      const body = await bodyOf(answered(EAST));
      assert.equal((await rig.report(rig.newToken(), body, type)).statusCode, 204);
      assert.deepEqual(rig.fates(), { noted: 1 });
    });
  }
  test("counts once, though it is sent twice", async (t) => {
    const rig = openReportRig(t);
    const token = rig.newToken();
    const body = await bodyOf(failed(EAST), failed(EAST));
    await rig.report(token, body);
    await rig.report(token, body);
    assert.deepEqual(rig.fates(), { noted: 2, repeated: 2 });
  });
  test("is not believed of a pathway that the session was not given", async (t) => {
    const rig = openReportRig(t);
    await rig.report(rig.newToken(), await bodyOf(failed(NORTH)));
    assert.deepEqual(rig.fates(), { "foreign-node": 1 });
  });
  for (const [name, token] of [
    ["no session", undefined],
    ["an empty one", ""],
    ["a forged one", "eyJ2IjoyfQ.Zm9yZ2Vk"],
    ["an endless one", "x".repeat(3_500)],
  ] as const) {
    test(`is not believed with ${name}, and is no error`, async (t) => {
      const rig = openReportRig(t);
      assert.equal((await rig.report(token, await bodyOf(failed(EAST)))).statusCode, 204);
      assert.equal(rig.verdict("east-1"), "none");
      assert.deepEqual(rig.fates(), { "not-believed": 1 });
    });
  }
  test("beyond the limit of a session is counted, and is no error", async (t) => {
    const rig = openReportRig(t);
    const body = Array.from({ length: 300 }, () => 'e=rr,rc=0,cdn="east-1"').join("\n");
    assert.equal((await rig.report(rig.newToken(), body)).statusCode, 204);
    assert.deepEqual(rig.fates(), { noted: 100, "too-many": 200 });
  });
  test("is taken as far as it can be read", async (t) => {
    const rig = openReportRig(t);
    const body = `!!\n${await bodyOf(answered(EAST))}\n{}`;
    assert.equal((await rig.report(rig.newToken(), body)).statusCode, 204);
    assert.deepEqual(rig.fates(), { noted: 1, malformed: 2 });
  });
});

describe("refused is", () => {
  for (const [name, body, type, status, code] of [
    ["a body of garbage", "!!\n{}", "application/cmcd", 400, "STEER_BAD_REPORT"],
    ["an empty body", "", "application/cmcd", 400, "STEER_BAD_REPORT"],
    ["a body of empty lines", "\n\n", "text/plain", 400, "STEER_BAD_REPORT"],
    ["JSON", "{}", "application/json", 400, "STEER_BAD_REPORT"],
  ] as const) {
    test(name, async (t) => {
      const rig = openReportRig(t);
      const response = await rig.report(rig.newToken(), body, type);
      assert.equal(response.statusCode, status);
      assert.equal(response.json<{ code: string }>().code, code);
    });
  }
  test("another kind of body", async (t) => {
    const rig = openReportRig(t);
    assert.equal((await rig.report(rig.newToken(), "<a/>", "text/xml")).statusCode, 415);
  });
  test("a huge body", async (t) => {
    const rig = openReportRig(t);
    const body = "x".repeat(MAX_CMCD_BODY_BYTES + 1);
    assert.equal((await rig.report(rig.newToken(), body)).statusCode, 413);
  });
});
