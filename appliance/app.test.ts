/** The appliance as its operator sees it: what it refuses, how it drains, what it says of itself. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { request } from "undici";
import {
  atEnd,
  bodyOf,
  cacheStatus,
  heldBody,
  ReceivedBody,
  rawRequest,
  startAppliance,
  startOrigin,
  startRig,
  TOKEN,
  wholeBody,
} from "./app.rig.ts";
import { DRAIN_PATH, HEALTH_PATH, STATUS_PATH, UNDRAIN_PATH } from "./contract/appliance-status.ts";

describe("requests that are refused", () => {
  for (const target of [
    "/../etc/passwd",
    "/a/%2e%2e/%2e%2e/etc/passwd",
    "/a%2f..%2fb",
    "/a%5cb",
    "//elsewhere/a",
    "http://elsewhere/a",
    "/%zz",
    "/%00",
  ]) {
    test(`${target} is a bad path`, async (t) => {
      const { origin, edge } = await startRig(t);
      const answer = await rawRequest(edge.port, `GET ${target} HTTP/1.1\r\nhost: x\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /"code":"BAD_PATH"/);
      assert.deepEqual(origin.asked, []);
    });
  }

  test("TRACE is not served", async (t) => {
    const { origin, edge } = await startRig(t);
    const answer = await rawRequest(edge.port, "TRACE /a HTTP/1.1\r\nhost: x\r\n");
    assert.match(answer, /^HTTP\/1\.1 405 /);
    assert.match(answer, /allow: GET, HEAD, OPTIONS/i);
    assert.match(answer, /"code":"EDGE_METHOD_NOT_ALLOWED"/);
    assert.deepEqual(origin.asked, []);
  });

  test("a request that comes round in a circle is stopped", async (t) => {
    const { edge } = await startRig(t);
    assert.equal(await edge.problem("/a", { via: "1.1 other, 1.1 east-1" }), "508 EDGE_LOOP");
  });

  test("its own prefix is never forwarded", async (t) => {
    const { origin, edge } = await startRig(t);
    assert.equal(await edge.problem("/_appliance/elsewhere"), "404 EDGE_NOT_FOUND");
    assert.deepEqual(origin.asked, []);
  });

  test("nobody drains it without the token", async (t) => {
    const { edge } = await startRig(t);
    for (const headers of [{}, { authorization: "Bearer wrong-token" }]) {
      for (const path of [DRAIN_PATH, UNDRAIN_PATH]) {
        const { statusCode, body } = await request(edge.url + path, { method: "POST", headers });
        assert.equal(statusCode, 401);
        await body.dump();
      }
    }
    assert.equal((await edge.get(HEALTH_PATH)).status, 200);
  });
});

test("an appliance that viewers reach by another address than its own says that one", async (t) => {
  const origin = await startOrigin(t);
  const front = await startFront(t);
  const edge = await startAppliance(t, { origin: origin.url, advertise: front.url });
  front.leadTo(edge.port);

  const viaFront = await request(`${front.url}/a`, { headers: { origin: "http://a.page" } });
  const { headers } = viaFront;
  assert.ok(Buffer.from(await viaFront.body.arrayBuffer()).equals(bodyOf("/a", 10_000)));
  assert.equal(headers["access-control-allow-origin"], "*");
  assert.equal(headers["via"], "1.1 east-1");
  // It is one cache with one name, whichever way it is reached.
  assert.match(cacheStatus(await edge.get("/a")), /^east-1; hit/);
  const status = await request(front.url + STATUS_PATH);
  assert.equal(JSON.parse(await status.body.text()).url, front.url);
  const circle = await request(`${front.url}/b`, { headers: { via: "1.1 east-1" } });
  assert.equal(circle.statusCode, 508);
  await circle.body.dump();
  assert.deepEqual(origin.asked, ["GET /a"]);
});

describe("draining", () => {
  test("is told to whoever asks for its health, until it is undone", async (t) => {
    const { edge } = await startRig(t);
    const post = async (path: string) => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const { statusCode, body } = await request(edge.url + path, { method: "POST", headers });
      return [statusCode, await body.json()];
    };
    assert.deepEqual(await post(DRAIN_PATH), [200, { state: "draining" }]);
    const draining = await edge.get(HEALTH_PATH);
    assert.deepEqual([draining.status, draining.bytes.toString()], [503, '{"state":"draining"}']);
    assert.equal((await edge.get("/a")).status, 200);
    assert.deepEqual(await post(UNDRAIN_PATH), [200, { state: "serving" }]);
    assert.equal((await edge.get(HEALTH_PATH)).status, 200);
  });

  test("for good finishes what is running and takes nothing new", async (t) => {
    const { origin, edge } = await startRig(t);
    const body = bodyOf("/a", 5_000_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const running = edge.open("/a");
    const response = await held;
    response.write(body.subarray(0, 100_000));
    const received = new ReceivedBody((await running).body);
    await received.first(100_000);

    const closed = edge.close();
    const refused = connect(edge.port, "127.0.0.1");
    const [error] = await once(refused, "error");
    // Reset, if it had reached the listener's queue just before the listener closed.
    assert.match(error.code, /^ECONN(?:REFUSED|RESET)$/);
    response.end(body.subarray(100_000));
    assert.ok((await received.whole).equals(body));
    await closed;
  });
});

test("a client that takes nothing does not keep it from stopping", async (t) => {
  const { origin, edge } = await startRig(t, { policies: { drainMs: 50 } });
  origin.on("/a", wholeBody(20_000_000));
  const { body } = await edge.open("/a");
  await edge.close();
  await assert.rejects(new ReceivedBody(body).whole);
});

test("measures what it sends", async (t) => {
  const { edge } = await startRig(t);
  edge.pass(0);
  await edge.get("/a");
  edge.pass(1_000);
  assert.equal(edge.appliance.status().report.egressBitsPerSecond, 80_000);
});

/** Stands before an appliance and passes every byte on, as a fault proxy without a fault does. */
async function startFront(t: TestContext) {
  let port = 0;
  const server = createServer((viewer) => {
    const onward = connect(port, "127.0.0.1");
    viewer.pipe(onward).pipe(viewer);
    for (const socket of [viewer, onward]) socket.on("error", () => viewer.destroy());
    viewer.on("close", () => onward.destroy());
    atEnd(t, () => viewer.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (itsPort: number) => {
      port = itsPort;
    },
  };
}
