/** Draining, as viewers live through it: load moves away, and nobody notices. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { describe, type TestContext, test } from "node:test";
import { Agent, request } from "undici";
import {
  type ApplianceRig,
  atEnd,
  bodyOf,
  heldBody,
  startRig,
  TOKEN,
  wholeBody,
} from "../app.rig.ts";
import { DRAIN_PATH, UNDRAIN_PATH } from "../contract/appliance-status.ts";
import { newCertificate } from "../listen/certificates.rig.ts";

async function post(edge: ApplianceRig, path: string) {
  const answer = await edge.appliance.app.inject({
    method: "POST",
    url: path,
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  assert.equal(answer.statusCode, 200);
}

/** A viewer with connections of its own, and how many of them it had to open. */
function newViewer(t: TestContext, edge: ApplianceRig) {
  const agent = new Agent({ connections: 1 });
  atEnd(t, () => agent.destroy());
  const viewer = { connections: 0 };
  agent.on("connect", () => {
    viewer.connections += 1;
  });
  const get = async (path: string) => {
    const { statusCode, headers, body } = await request(edge.url + path, { dispatcher: agent });
    const bytes = Buffer.from(await body.arrayBuffer());
    return { status: statusCode, headers, bytes };
  };
  return Object.assign(viewer, { get });
}

describe("an appliance that drains", () => {
  test("asks whoever is connected to connect anew, and serves them all the same", async (t) => {
    const { edge } = await startRig(t);
    const viewer = newViewer(t, edge);
    for (let count = 0; count < 3; count += 1) await viewer.get("/a");
    assert.equal(viewer.connections, 1);
    await post(edge, DRAIN_PATH);
    for (let count = 0; count < 3; count += 1) {
      const { status, headers } = await viewer.get("/a");
      assert.deepEqual([status, headers["connection"]], [200, "close"]);
    }
    assert.equal(viewer.connections, 3);
    await post(edge, UNDRAIN_PATH);
    for (let count = 0; count < 3; count += 1) {
      assert.notEqual((await viewer.get("/a")).headers["connection"], "close");
    }
    assert.equal(viewer.connections, 4);
  });

  test("fails no request of many viewers, however often it begins and ends", async (t) => {
    const { origin, edge } = await startRig(t);
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    for (const path of paths) origin.on(path, wholeBody(300_000));
    let isOver = false;
    const viewers = Array.from({ length: 8 }, async () => {
      const viewer = newViewer(t, edge);
      let answers = 0;
      for (let turn = 0; !isOver; turn += 1) {
        const path = paths[turn % paths.length] ?? "";
        const { status, bytes } = await viewer.get(path);
        assert.equal(status, 200);
        assert.ok(bytes.equals(bodyOf(path, 300_000)));
        answers += 1;
      }
      return answers;
    });
    for (let round = 0; round < 10; round += 1) {
      const other = newViewer(t, edge);
      await post(edge, round % 2 === 0 ? DRAIN_PATH : UNDRAIN_PATH);
      for (let count = 0; count < 3; count += 1) assert.equal((await other.get("/0")).status, 200);
    }
    isOver = true;
    for (const answers of await Promise.all(viewers)) assert.ok(answers > 0);
  });

  test("tells players that it is under duress, and that it is no longer", async (t) => {
    const { edge } = await startRig(t);
    const hintOf = async () => String((await edge.get("/a")).headers["cmsd-dynamic"]);
    assert.doesNotMatch(await hintOf(), /;du/);
    await post(edge, DRAIN_PATH);
    assert.match(await hintOf(), /^"east-1";etp=\d+;du$/);
    await post(edge, UNDRAIN_PATH);
    assert.doesNotMatch(await hintOf(), /;du/);
  });

  test("ends connections of HTTP/2 by a notice that fails no request on them", async (t) => {
    const tls = await newCertificate("edge");
    const { origin, edge } = await startRig(t, { tls });
    const open = () => {
      const session = connect(edge.url, { ca: tls.cert });
      atEnd(t, () => session.destroy());
      return session;
    };
    const session = open();
    const body = bodyOf("/a", 100_000);
    const held = heldBody(origin, "/a", { "content-length": body.length });
    const running = session.request({ ":path": "/a" });
    const response = await held;
    const notice = once(session, "goaway");
    await post(edge, DRAIN_PATH);
    const [code, lastStream] = await notice;
    assert.deepEqual([code, lastStream], [0, 2 ** 31 - 1]);
    response.end(body);
    assert.ok(Buffer.concat(await running.toArray()).equals(body));
    await once(session, "close");

    // Whoever comes anew is served, and asked to leave as well.
    const next = open();
    const left = once(next, "goaway");
    assert.ok(Buffer.concat(await next.request({ ":path": "/a" }).toArray()).equals(body));
    await left;
  });
});
