/**
 * Cache poisoning and path confusion: what one client sends decides what another gets only through the
 * key and `Vary`, and no path leads to a place of its own making.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startAppliance, startOrigin } from "../app.rig.ts";
import { startSafetyRig } from "./raw-exchange.rig.ts";

describe("a field by which origins choose their answer, and that no key knows, does not reach them:", () => {
  for (const name of [
    "X-Forwarded-Host",
    "X-Forwarded-Scheme",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Server",
    "Forwarded",
    "X-Host",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "Cookie",
    "Range",
    "Proxy",
    "Transfer-Encoding",
    "Upgrade",
    "TE",
    "If-None-Match",
  ]) {
    test(name, async (t) => {
      const { edge, recorded, send } = await startSafetyRig(t);
      const value =
        name === "Range" ? "bytes=0-3" : name === "Transfer-Encoding" ? "chunked" : "evil";
      const body = name === "Transfer-Encoding" ? "0\r\n\r\n" : "";
      await send(
        `GET /a HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n${name}: ${value}\r\n\r\n${body}`,
      );
      assert.ok(recorded.length > 0);
      for (const { rawHeaders } of recorded) {
        assert.ok(!rawHeaders.some((field) => field.toLowerCase() === name.toLowerCase()));
      }
      assert.equal((await edge.get("/a")).bytes.toString(), "the body of /a");
    });
  }
});

test("whatever Host a client names, the origin is asked under its own", async (t) => {
  const { recorded, send } = await startSafetyRig(t);
  await send("GET /a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  await send("GET http://evil.example/b HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
  for (const { rawHeaders } of recorded) {
    const host = rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === "host") + 1];
    assert.match(host ?? "", /^127\.0\.0\.1:\d+$/);
  }
});

test("an error that one client's field brought about is not kept for the others", async (t) => {
  const origin = await startOrigin(t);
  origin.on("/a", (request, response) => {
    const isTooMuch = Object.keys(request.headers).includes("x-oversized");
    response.writeHead(isTooMuch ? 400 : 200, isTooMuch ? {} : { "cache-control": "max-age=60" });
    response.end(isTooMuch ? "bad" : "good");
  });
  const edge = await startAppliance(t, { origin: origin.url });
  assert.equal((await edge.get("/a", { "x-oversized": "a".repeat(4_000) })).status, 400);
  assert.equal((await edge.get("/a")).bytes.toString(), "good");
});

test("a client that varies what it sends makes a bounded number of variants", async (t) => {
  const origin = await startOrigin(t);
  origin.on("/a", (request, response) => {
    response.writeHead(200, { "cache-control": "max-age=60", vary: "x-flavour" });
    response.end(String(request.headers["x-flavour"]));
  });
  const edge = await startAppliance(t, { origin: origin.url });
  for (let at = 0; at < 100; at += 1) {
    const { bytes } = await edge.get("/a", { "x-flavour": String(at) });
    assert.equal(bytes.toString(), String(at));
  }
  assert.ok(edge.appliance.status().report.ram.objects <= 33);
});

test("a client that wants everything anew does not reach the origin each time", async (t) => {
  const { edge, recorded } = await startSafetyRig(t);
  for (let at = 0; at < 20; at += 1) await edge.get("/a", { "cache-control": "no-cache" });
  assert.equal(recorded.length, 1);
});

describe("a path that could mean another one is refused:", () => {
  for (const path of [
    "/../a",
    "/a/..",
    "/a/../b",
    "/%2e%2e/a",
    "/a/%2E./b",
    "/a%2f..%2fb",
    "/a%5c..%5cb",
    "/a\\..\\b",
    "//evil.example/a",
    "/%00",
    "/a%0d%0aX: 1",
    "/_appliance/../a",
    "/a/../_appliance/status",
    "evil.example:80",
  ]) {
    test(path, async (t) => {
      const { send, recorded } = await startSafetyRig(t);
      const [status] = await send(
        `GET ${path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n`,
      );
      assert.ok(status !== undefined && status >= 400 && status < 500, `answered ${status}`);
      assert.deepEqual(recorded, []);
    });
  }
});

test("no spelling of our own paths is an object of the origin", async (t) => {
  const { edge, recorded } = await startSafetyRig(t);
  for (const path of ["/_appliance/nothing", "/%5fappliance/status", "/_appliance%2fstatus"]) {
    await edge.get(path);
  }
  assert.deepEqual(recorded, []);
});

test("what changes the state of the appliance wants a token", async (t) => {
  const { send, recorded } = await startSafetyRig(t);
  for (const path of ["drain", "undrain", "purge", "fill"]) {
    const [status] = await send(
      `POST /_appliance/${path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    );
    assert.equal(status, 401, path);
  }
  assert.deepEqual(recorded, []);
});
