/** The documentation of a small service: the whole one's is checked by the same battery. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { requireBearerToken } from "../../chassis/bearer-token.ts";
import { newServiceApp } from "../../chassis/service-app.ts";
import repository from "../../package.json" with { type: "json" };
import { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import { UnknownTitle } from "../errors.ts";
import { openHistoryRig, START_MS } from "../history/history.rig.ts";
import { addDependencyRoutes } from "../routes/dependency-routes.ts";
import { addEventRoutes } from "../routes/event-routes.ts";
import { addFleetRoutes } from "../routes/fleet-routes.ts";
import { addDocumentation } from "./add-documentation.ts";
import { describeRoute, noBody, problem, textBody } from "./describe-route.ts";
import { hearRoutes, testDocumentation } from "./documentation.battery.ts";

async function openService(t: TestContext) {
  const routes = hearRoutes(t);
  const { history, nowMs } = openHistoryRig(t);
  const app = newServiceApp({ notFoundCode: "NOT_FOUND" });
  await addDocumentation(app);
  const policy = { maxListeners: 1, heartbeatMs: 15_000, reconnectMs: 1_000 };
  addEventRoutes(app, { history, policy });
  addDependencyRoutes(app, {
    ledger: new DependencyLedger({ maxEdges: 10, forgetAfterMs: 1 }, 1),
    now: () => 1,
    wallNow: nowMs,
  });
  addFleetRoutes(app, {
    history,
    wallNow: nowMs,
    view: () => ({
      at: "2026-11-03T00:00:00Z",
      failOpen: false,
      selfPreservation: false,
      appliances: [],
      cdns: [],
      pathwayFile: null,
    }),
  });
  const title = {
    ...describeRoute({ caller: "viewers", purpose: "title", summary: "A title" }),
    response: { 200: textBody("text/x-title", "the title"), 404: problem("STEER_UNKNOWN_TITLE") },
  };
  app.get("/v1/titles/:source/*", { schema: title }, (request, reply) => {
    if (request.url.endsWith("/none")) throw new UnknownTitle("none");
    return reply.type("text/x-title").send("A title");
  });
  const remove = {
    ...describeRoute({
      caller: "appliances",
      purpose: "remove",
      summary: "Remove",
      access: "with-the-token",
    }),
    response: { 204: noBody("it is removed"), 401: problem("UNAUTHORISED") },
  };
  app.delete(
    "/v1/titles/:source",
    { schema: remove, onRequest: requireBearerToken("token") },
    (_, reply) => reply.code(204).send(),
  );
  await app.ready();
  t.after(() => app.close());
  return { app, routes };
}

describe("the documentation", () => {
  testDocumentation(openService, {
    "/v1/events": [
      { ask: "/v1/events", status: 200 },
      { ask: "/v1/events?since=never", status: 400 },
      { ask: "/v1/events?limit=0", status: 400 },
    ],
    "/v1/fleet": [
      { ask: "/v1/fleet", status: 200 },
      { ask: `/v1/fleet?at=${START_MS}`, status: 200 },
      { ask: `/v1/fleet?since=${START_MS}`, status: 200 },
      { ask: "/v1/fleet?at=1", status: 404 },
      { ask: "/v1/fleet?at=never", status: 400 },
    ],
    "/v1/dependencies": [
      { ask: "/v1/dependencies", status: 200 },
      { ask: "/v1/dependencies?format=mermaid", status: 200 },
      { ask: "/v1/dependencies?format=dot", status: 400 },
    ],
    "/v1/titles/{source}/{*}": [
      { ask: "/v1/titles/demo/film", status: 200 },
      { ask: "/v1/titles/demo/none", status: 404 },
    ],
  });

  test("says which release it is of", async (t) => {
    const { app } = await openService(t);
    const { info, openapi } = (await app.inject("/docs/json")).json();
    assert.equal(info.version, repository.version);
    assert.equal(openapi, "3.1.0");
  });
});

describe("the page of the documentation", () => {
  test("is there, and loads nothing from elsewhere", async (t) => {
    const { app } = await openService(t);
    const page = await app.inject("/docs/");
    assert.equal(page.statusCode, 200);
    assert.match(String(page.headers["content-security-policy"]), /default-src 'self'/);
    const links = Array.from(
      page.payload.matchAll(/(?:src|href)="([^"]+)"/g),
      ([, link = ""]) => link,
    );
    assert.ok(links.length > 3);
    for (const link of links) {
      const { origin, pathname } = new URL(link, "http://steering.test/docs/");
      assert.equal(origin, "http://steering.test", link);
      const asset = await app.inject(pathname);
      assert.equal(asset.statusCode, 200, pathname);
    }
    assert.doesNotMatch(page.payload, /<script(?![^>]*src=)/, "no script within the page");
  });
  test("asks no validator elsewhere", async (t) => {
    const { app } = await openService(t);
    const { payload } = await app.inject("/docs/static/swagger-initializer.js");
    assert.match(payload, /validatorUrl: null/);
  });
  test("is found without the slash, too", async (t) => {
    const { app } = await openService(t);
    assert.equal((await app.inject("/docs")).statusCode, 200);
  });
});
