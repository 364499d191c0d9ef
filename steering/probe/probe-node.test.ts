import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Behaviour, openContentServer, PROBE_PATH } from "../steering-rig.ts";
import { openProber } from "./probe-appliance.ts";

function prober(t: TestContext, timeoutMs = 5_000) {
  const opened = openProber({ timeoutMs, rangeBytes: 65_536 }, () => performance.now());
  t.after(() => opened.close());
  return opened;
}

async function reasonWhen(t: TestContext, behaviour: Behaviour): Promise<string> {
  const server = await openContentServer(t);
  const reference = await prober(t).fetchReference({ url: server.url, path: PROBE_PATH });
  assert.ok(reference);
  server.behaviour = behaviour;
  const { probe } = prober(t, behaviour === "silent" ? 100 : undefined);
  return (await probe({ url: server.url, path: PROBE_PATH, reference })).reason;
}

describe("probe()", () => {
  for (const [behaviour, reason] of [
    ["serve", "right-bytes"],
    ["fail-503", "status-503"],
    ["redirect", "status-302"],
    ["wrong-bytes", "wrong-bytes"],
    ["cut-short", "short-body"],
    ["silent", "timeout"],
  ] as const) {
    test(`a server that does ${behaviour}: ${reason}`, async (t) =>
      assert.equal(await reasonWhen(t, behaviour), reason));
  }

  test("a server that has stopped is refused at once, though it was well before", async (t) => {
    const server = await openContentServer(t);
    const { probe } = prober(t);
    const target = { url: server.url, path: PROBE_PATH, reference: undefined };
    const before = await probe(target);
    assert.ok(before.ok && before.firstByteMs > 0);
    await server.stop();
    assert.deepEqual(await probe(target), { ok: false, reason: "refused", isFact: true });
  });
  test("an address that cannot be one is a bad probe, no failure of ours", async (t) => {
    const { probe } = prober(t);
    const outcome = await probe({ url: "http://no.invalid", path: "/", reference: undefined });
    assert.equal(outcome.ok, false);
  });
});

describe("fetchReference()", () => {
  test("learns nothing from an origin that does not serve the object", async (t) => {
    const server = await openContentServer(t);
    const { fetchReference } = prober(t);
    assert.equal(await fetchReference({ url: server.url, path: "/none" }), undefined);
    await server.stop();
    assert.equal(await fetchReference({ url: server.url, path: PROBE_PATH }), undefined);
  });
});
