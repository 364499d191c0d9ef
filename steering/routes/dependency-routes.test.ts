import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { ProblemDetails } from "../../chassis/problem-details.ts";
import { newServiceApp } from "../../chassis/service-app.ts";
import { DependencyMap } from "../contract/dependencies.ts";
import { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import { noteInboundCalls } from "../dependencies/note-inbound-calls.ts";
import { describeRoute } from "../documentation/describe-route.ts";
import { addDependencyRoutes } from "./dependency-routes.ts";

function openRig(t: TestContext) {
  let nowMs = 1;
  const ledger = new DependencyLedger({ maxEdges: 100, forgetAfterMs: 60_000 }, nowMs);
  const app = newServiceApp({ notFoundCode: "NOT_FOUND" });
  const now = () => nowMs;
  noteInboundCalls(app, { ledger, now });
  addDependencyRoutes(app, { ledger, now, wallNow: () => 1_700_000_000_000 + nowMs });
  const schema = {
    ...describeRoute({ caller: "viewers", purpose: "play", summary: "Play" }),
    querystring: Type.Object({ status: Type.Integer() }),
  };
  app.get("/play", { schema }, (request, reply) => {
    nowMs += 5;
    return reply.code(request.query.status).send();
  });
  app.get("/undescribed", () => "");
  t.after(() => app.close());
  const map = async () => (await app.inject("/v1/dependencies")).json<DependencyMap>();
  return {
    app,
    ledger,
    map,
    async edge(purpose: string) {
      const { dependencies } = await map();
      return dependencies.find((dependency) => dependency.purpose === purpose);
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("the map of dependencies", () => {
  test("is what the contract says", async (t) => {
    const { app, map } = openRig(t);
    assert.deepEqual((await map()).dependencies, [], "nothing was called before");
    await app.inject("/play?status=200");
    const answer = await map();
    assert.ok(Value.Check(DependencyMap, answer));
    assert.equal(answer.at, "2023-11-14T22:13:20.006Z");
    assert.deepEqual(
      answer.dependencies.map(({ caller, callee, purpose }) => `${caller} ${callee} ${purpose}`),
      ["operators steering dependencies", "viewers steering play"],
    );
  });
  test("has every call of a described route, with how long it took", async (t) => {
    const { app, edge, pass } = openRig(t);
    for (const status of [200, 204, 304, 404]) await app.inject(`/play?status=${status}`);
    pass(980);
    const { calls, failures, meanMs, callsPerSecond } = (await edge("play")) ?? {};
    assert.deepEqual([calls, failures, meanMs, callsPerSecond], [4, 0, 5, 4]);
  });
  test("counts as failed what failed on our side, with the status", async (t) => {
    const { app, edge } = openRig(t);
    for (const status of [200, 404, 502, 503, 503]) await app.inject(`/play?status=${status}`);
    const { failures, failureReasons } = (await edge("play")) ?? {};
    assert.deepEqual([failures, failureReasons], [3, { "status-502": 1, "status-503": 2 }]);
  });
  test("counts what is refused before it is looked at, and each HEAD once", async (t) => {
    const { app, edge } = openRig(t);
    await app.inject("/play?status=none");
    await app.inject({ method: "HEAD", url: "/play?status=200" });
    assert.equal((await edge("play"))?.calls, 2);
  });
  test("leaves out routes that say nothing of themselves", async (t) => {
    const { app, map } = openRig(t);
    await app.inject("/undescribed");
    assert.deepEqual((await map()).dependencies, []);
  });
  test("shows what stood in for whom", async (t) => {
    const { ledger, edge } = openRig(t);
    const source = { caller: "steering", callee: "source:demo", purpose: "playlist" };
    ledger.note(source, { failedFor: "timeout", durationMs: 900 }, 1);
    ledger.noteFallback(source, "the last good copy", 1);
    const playlist = await edge("playlist");
    assert.deepEqual(playlist?.fallback, { what: "the last good copy", used: 1 });
  });
  test("is drawn as a graph for Mermaid", async (t) => {
    const { app } = openRig(t);
    await app.inject("/play?status=200");
    const response = await app.inject("/v1/dependencies?format=mermaid");
    assert.equal(response.headers["content-type"], "text/vnd.mermaid");
    assert.match(response.payload, /^flowchart LR\n {2}n0\["viewers"\]/);
  });
  test("has no third form", async (t) => {
    const response = await openRig(t).app.inject("/v1/dependencies?format=dot");
    assert.equal(response.statusCode, 400);
    assert.equal(response.json<ProblemDetails>().code, "BAD_REQUEST");
  });
});
