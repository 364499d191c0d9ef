import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { Heartbeat, Registration } from "../../steering/contract/appliance-lease.ts";
import { atEnd, type RigOptions, startAppliance, startOrigin, TOKEN, until } from "../app.rig.ts";

const LEASE = { leaseSeconds: 6, heartbeatSeconds: 2 };

type Received = {
  readonly line: string;
  readonly token: string | undefined;
  readonly body: unknown;
};

/** A steering service that answers as it is told: with a lease, a status, or rubbish. */
async function startSteering(t: TestContext) {
  const received: Received[] = [];
  const answers: (number | string)[] = [];
  let gate: Promise<void> | undefined;
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request.setEncoding("utf8")) text += piece;
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const line = `${request.method} ${request.url}`;
    received.push({ line, token: request.headers.authorization, body });
    const answer = answers.shift() ?? 200;
    await gate;
    if (typeof answer === "string") response.end(answer);
    else response.writeHead(answer).end(JSON.stringify(LEASE));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    /** Holds its answers back until what it returns is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

async function startRig(t: TestContext, options: Partial<RigOptions> = {}) {
  const steering = await startSteering(t);
  const origin = await startOrigin(t);
  const edge = await startAppliance(t, {
    origin: origin.url,
    steeringUrl: steering.url,
    ...options,
  });
  /** Lets so much time go by, and what falls due in it be done. */
  const pass = async (ms: number) => {
    edge.pass(ms);
    await edge.appliance.lease?.settled();
  };
  const lines = () => steering.received.map(({ line }) => line);
  return { steering, edge, pass, lines };
}

const REGISTER = "POST /v1/appliances";
const HEARTBEAT = "PUT /v1/appliances/east-1/heartbeat";

describe("an appliance with a steering service", () => {
  test("registers, then sends heartbeats as often as it is told", async (t) => {
    const { steering, edge, pass, lines } = await startRig(t);
    await pass(0);
    assert.deepEqual(edge.appliance.status().steering, { state: "registered", leaseSeconds: 6 });
    await pass(1_999);
    await pass(1);
    await pass(2_000);
    assert.deepEqual(lines(), [REGISTER, HEARTBEAT, HEARTBEAT]);

    const [registration, ...heartbeats] = steering.received.map(({ body }) => body);
    assert.ok(Value.Check(Registration, registration));
    assert.equal(registration.url, edge.url);
    for (const [index, heartbeat] of heartbeats.entries()) {
      assert.ok(Value.Check(Heartbeat, heartbeat));
      assert.equal(heartbeat.incarnation, registration.incarnation);
      assert.equal(heartbeat.sequence, index + 1);
    }
    assert.ok(steering.received.every(({ token }) => token === `Bearer ${TOKEN}`));
  });

  test("registers the address that viewers use, where that is another than its own", async (t) => {
    const advertise = "http://viewers.example:8080";
    const { steering, edge, pass, lines } = await startRig(t, { advertise });
    await pass(0);
    await pass(2_000);
    const registration = steering.received[0]?.body;
    assert.ok(Value.Check(Registration, registration));
    assert.equal(registration.url, advertise);
    assert.deepEqual(lines(), [REGISTER, HEARTBEAT]);
    assert.equal(edge.appliance.status().url, advertise);
    assert.equal((await edge.get("/a")).status, 200);
  });

  test("registers again when it was forgotten", async (t) => {
    const { steering, pass, lines } = await startRig(t);
    await pass(0);
    steering.answers.push(404);
    await pass(2_000);
    await pass(0);
    assert.deepEqual(lines(), [REGISTER, HEARTBEAT, REGISTER]);
  });

  for (const [answer, reason] of [
    [401, "status 401"],
    [503, "status 503"],
    [404, "status 404"],
    ["{}", "malformed lease"],
    ["<html>", "Unexpected token '<', \"<html>\" is not valid JSON"],
  ] as const) {
    test(`tries again after an answer of ${answer}, and says why meanwhile`, async (t) => {
      const { steering, edge, pass, lines } = await startRig(t);
      steering.answers.push(answer);
      await pass(0);
      assert.deepEqual(edge.appliance.status().steering, { state: "unreachable", reason });
      assert.equal((await edge.get("/a")).status, 200);
      await pass(250);
      assert.deepEqual(lines(), [REGISTER, REGISTER]);
      assert.equal(edge.appliance.status().steering.state, "registered");
    });
  }

  test("tells at once that it drains, and gives its lease back when it stops", async (t) => {
    const { steering, edge, pass, lines } = await startRig(t);
    await pass(0);
    await edge.appliance.app.inject({
      method: "POST",
      url: "/_appliance/drain",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    await pass(0);
    const heartbeat = steering.received.at(-1)?.body;
    assert.ok(Value.Check(Heartbeat, heartbeat));
    assert.equal(heartbeat.report.state, "draining");
    await edge.close();
    const registration = steering.received[0]?.body;
    assert.ok(Value.Check(Registration, registration));
    // Named by its incarnation, for a successor may hold the lease already.
    const leaving = `DELETE /v1/appliances/east-1?incarnation=${registration.incarnation}`;
    assert.deepEqual(lines(), [REGISTER, HEARTBEAT, leaving]);
  });
});

for (const [answer, then] of [
  [200, HEARTBEAT],
  [503, HEARTBEAT],
  [404, REGISTER],
] as const) {
  test(`a drain during a heartbeat that is answered with ${answer} is told as soon as that is over`, async (t) => {
    const { steering, edge, pass, lines } = await startRig(t);
    await pass(0);
    const goOn = steering.hold();
    steering.answers.push(answer);
    const heartbeat = pass(2_000);
    await until(() => steering.received.length === 2);
    await edge.appliance.app.inject({
      method: "POST",
      url: "/_appliance/drain",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    goOn();
    await heartbeat;
    await pass(0);
    assert.deepEqual(lines(), [REGISTER, HEARTBEAT, then]);
    const told = steering.received[2]?.body as { report: { state: string } } | undefined;
    assert.equal(told?.report.state, "draining");
  });
}

test("an appliance that stops tells steering first, and serves on until it has taken notice", async (t) => {
  const policies = { noticeMs: 1_000 };
  const { steering, edge, pass, lines } = await startRig(t, { policies });
  await pass(0);
  const closed = edge.close();
  await until(() => steering.received.length === 2);
  const heartbeat = steering.received[1]?.body;
  assert.ok(Value.Check(Heartbeat, heartbeat));
  assert.equal(heartbeat.report.state, "draining");
  const answer = await edge.get("/a");
  assert.deepEqual([answer.status, answer.headers["connection"]], [200, "close"]);
  assert.deepEqual(lines(), [REGISTER, HEARTBEAT]);
  await closed;
  assert.match(lines()[2] ?? "", /^DELETE /);
  await assert.rejects(edge.get("/a"));
});

test("an appliance that stops does not wait for a steering that does not hear it", async (t) => {
  const { steering, edge, pass, lines } = await startRig(t, { policies: { noticeMs: 3_600_000 } });
  await pass(0);
  steering.answers.push(503);
  await edge.close();
  assert.match(lines().at(-1) ?? "", /^DELETE /);
});

test("an appliance whose steering is not there serves all the same", async (t) => {
  const origin = await startOrigin(t);
  const edge = await startAppliance(t, {
    origin: origin.url,
    steeringUrl: "http://127.0.0.1:1",
  });
  edge.appliance.tick(edge.clock.now());
  await edge.appliance.lease?.settled();
  assert.deepEqual(edge.appliance.status().steering, {
    state: "unreachable",
    reason: "ECONNREFUSED",
  });
  assert.equal((await edge.get("/a")).status, 200);
});
