import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { FILL_PATH, FillJobReport } from "../../appliance/contract/title-fill.ts";
import { newViewersAddress, readProbeObject } from "./viewers-address.ts";

const BODY = Buffer.from("the bytes of the origin");

async function listen(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openAddress(t: TestContext) {
  const origin = await listen(
    t,
    createServer(({ url }, response) => {
      if (url !== "/probe") return response.writeHead(404).end();
      return response.writeHead(200, { etag: '"one"', "x-other": "kept back" }).end(BODY);
    }),
  );
  const probe = (await readProbeObject(origin, "/probe")) ?? assert.fail("no probe object");
  const url = await listen(
    t,
    newViewersAddress(probe, (request, response) => {
      if (request.url !== "/other") return false;
      response.end("other");
      return true;
    }),
  );
  return { origin, ask: (path: string, init?: RequestInit) => fetch(url + path, init) };
}

describe("the address of a made-up fleet", () => {
  test("serves the origin's bytes, whole and in part, under the origin's validator", async (t) => {
    const { ask } = await openAddress(t);
    const whole = await ask("/probe");
    assert.deepEqual([whole.status, await whole.text()], [200, BODY.toString()]);
    const part = await ask("/probe", { headers: { range: "bytes=4-8" } });
    assert.deepEqual([part.status, await part.text()], [206, "bytes"]);
    assert.equal(part.headers.get("content-range"), `bytes 4-8/${BODY.length}`);
    for (const { headers } of [whole, part]) assert.equal(headers.get("etag"), '"one"');
    assert.equal(whole.headers.get("x-other"), null);
  });
  test("takes every wish to fill a title for fulfilled", async (t) => {
    const { ask } = await openAddress(t);
    const begun = await ask(FILL_PATH, { method: "POST", body: "{}" });
    const report: unknown = await begun.json();
    assert.equal(begun.status, 202);
    assert.ok(Value.Check(FillJobReport, report));
    assert.equal(report.state, "done");
    assert.equal((await ask(`${FILL_PATH}/${report.id}`)).status, 200);
  });
  test("passes on what it does not know", async (t) => {
    const { ask } = await openAddress(t);
    assert.equal(await (await ask("/other")).text(), "other");
    assert.equal((await ask("/nothing")).status, 404);
  });
  test("says when the origin has no object to probe with", async (t) => {
    const { origin } = await openAddress(t);
    assert.equal(await readProbeObject(origin, "/none"), undefined);
  });
});
