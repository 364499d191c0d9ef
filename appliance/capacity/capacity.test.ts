/** A capacity, as viewers feel it: who is sent away while others go on, and what they are told. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { describe, type TestContext, test } from "node:test";
import { Agent, request } from "undici";
import {
  atEnd,
  Clock,
  ReceivedBody,
  type RigOptions,
  startRig,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { newCertificate } from "../listen/certificates.rig.ts";
import type { CapacityPolicy } from "./capacity.ts";

const CAPACITY = 80e6;
/** Reached early and left late, so that a slow machine makes no difference. */
const CAPACITY_POLICY: CapacityPolicy = {
  ...policiesOf("demo").capacity,
  windowMs: 500,
  shedding: { fromLoad: 0.5, untilLoad: 0.2 },
};

/** Here time passes by itself, because what is measured is how fast something goes over real sockets. */
class RunningClock extends Clock {
  override readonly now = () => performance.now();
}

const named = (path: string, name: string) => `${path}?CMCD=sid%3D%22${name}%22`;

async function startLimitedRig(t: TestContext, options: Partial<RigOptions> = {}) {
  const { origin, edge } = await startRig(t, {
    clock: new RunningClock(),
    capacityBitsPerSecond: CAPACITY,
    policies: { capacity: CAPACITY_POLICY },
    ...options,
  });
  const loop = setInterval(() => edge.pass(0), 10);
  atEnd(t, () => clearInterval(loop));
  const isShedding = () => edge.appliance.status().report.isSheddingSessions === true;
  return { origin, edge, isShedding };
}

/** An appliance that two running sessions have just brought to its capacity. */
async function startFullRig(t: TestContext, longBytes = 50_000_000) {
  const { origin, edge, isShedding } = await startLimitedRig(t);
  for (const name of ["s-1", "s-2"]) origin.on(`/long-${name}`, wholeBody(longBytes));
  const running = await Promise.all(
    ["s-1", "s-2"].map(async (name) => {
      return new ReceivedBody((await edge.open(named(`/long-${name}`, name))).body);
    }),
  );
  await until(isShedding);
  return { origin, edge, running, isShedding };
}

describe("an appliance at its capacity", () => {
  test("sends new sessions away, and tells them why and until when", async (t) => {
    const { edge } = await startFullRig(t);
    const answer = await edge.get(named("/segment", "s-3"));
    assert.equal(answer.status, 503);
    assert.equal(JSON.parse(answer.bytes.toString()).code, "EDGE_AT_CAPACITY");
    const retryAfterSeconds = Number(answer.headers["retry-after"]);
    assert.ok(retryAfterSeconds >= 2 && retryAfterSeconds <= 6, `${retryAfterSeconds}`);
    assert.equal(answer.headers["cache-status"], "east-1; detail=at-capacity");
    assert.match(String(answer.headers["cmsd-dynamic"]), /^"east-1";etp=\d+;du$/);
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(answer.headers["access-control-allow-origin"], "*");
  });

  test("sends a new connection away that names no session", async (t) => {
    const { edge } = await startFullRig(t);
    const stranger = new Agent();
    atEnd(t, () => stranger.destroy());
    const { statusCode, body } = await request(`${edge.url}/segment`, { dispatcher: stranger });
    await body.dump();
    assert.equal(statusCode, 503);
  });

  test("goes on with a running connection of HTTP/2, however much is asked on it at once", async (t) => {
    const tls = await newCertificate("edge");
    const { origin, edge, isShedding } = await startLimitedRig(t, { tls });
    origin.on("/long", wholeBody(50_000_000));
    const open = () => {
      const session = connect(edge.url, { ca: tls.cert });
      session.on("error", () => undefined);
      atEnd(t, () => session.destroy());
      return session;
    };
    const askThrice = (session: ClientHttp2Session) =>
      Promise.all(
        ["/x", "/y", "/z"].map(async (path) => {
          const stream = session.request({ ":path": path }).resume();
          const [headers] = await once(stream, "response");
          return headers[":status"];
        }),
      );
    const running = open();
    running.request({ ":path": "/long" }).resume();
    await until(isShedding);
    assert.deepEqual(await askThrice(running), [200, 200, 200]);
    assert.deepEqual(await askThrice(open()), [503, 503, 503]);
  });

  test("goes on with its running sessions, on whatever connection", async (t) => {
    const { edge } = await startFullRig(t);
    assert.equal((await edge.get(named("/small", "s-1"), { range: "bytes=0-99" })).status, 206);
    const other = new Agent();
    atEnd(t, () => other.destroy());
    const segment = request(edge.url + named("/segment", "s-2"), { dispatcher: other });
    const { statusCode, body } = await segment;
    await body.dump();
    assert.equal(statusCode, 200);
  });

  test("answers playlists and probes, whoever asks", async (t) => {
    const { origin, edge } = await startFullRig(t);
    origin.on("/index.m3u8", wholeBody(500));
    assert.equal((await edge.get(named("/index.m3u8", "s-3"))).status, 200);
    const probe = await edge.get(named("/segment", "s-4"), { range: "bytes=0-1023" });
    assert.equal(probe.status, 206);
    // To have looked makes nobody a session.
    assert.equal((await edge.get(named("/segment", "s-3"))).status, 503);
    assert.equal((await edge.get(named("/segment", "s-4"))).status, 503);
  });

  test("sends no faster than it may", async (t) => {
    const { edge } = await startFullRig(t);
    // A burst may stand in the window.
    const { egressBitsPerSecond, capacityBitsPerSecond } = edge.appliance.status().report;
    assert.equal(capacityBitsPerSecond, CAPACITY);
    assert.ok(egressBitsPerSecond <= CAPACITY * 1.3, `${egressBitsPerSecond}`);
  });

  test("takes new sessions again when some have ended, and loses none of the running", async (t) => {
    const { edge, running, isShedding } = await startFullRig(t, 4_000_000);
    for (const body of running) assert.equal((await body.whole).length, 4_000_000);
    await until(() => !isShedding());
    assert.equal((await edge.get(named("/segment", "s-3"))).status, 200);
  });
});

describe("an appliance without a capacity", () => {
  test("neither paces nor sheds, and tells steering a nominal one", async (t) => {
    const { origin, edge } = await startRig(t);
    origin.on("/long", wholeBody(50_000_000));
    edge.pass(0);
    // The clock stands still: all of it is sent in no time.
    assert.equal((await edge.get("/long")).bytes.length, 50_000_000);
    edge.pass(100);
    const { report } = edge.appliance.status();
    assert.equal(report.capacityBitsPerSecond, 1e9);
    assert.equal(report.isSheddingSessions, false);
    assert.equal((await edge.get("/another")).status, 200);
  });

  test("tells players what it can give each of them", async (t) => {
    const { edge } = await startRig(t);
    const { headers } = await edge.get("/a");
    assert.equal(headers["cmsd-dynamic"], '"east-1";etp=1000000');
    assert.match(String(headers["access-control-expose-headers"]), /CMSD-Dynamic/);
  });
});
