import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Behaviour, openContentServer, PROBE_PATH } from "../steering-rig.ts";
import { openProber } from "./probe-node.ts";

function prober(t: TestContext, timeoutMs = 5_000) {
  const opened = openProber({ timeoutMs, rangeBytes: 65_536, floorBitsPerSecond: 1_000_000 }, () =>
    performance.now(),
  );
  t.after(() => opened.close());
  return opened;
}

async function reasonWhen(t: TestContext, behaviour: Behaviour): Promise<string> {
  const server = await openContentServer(t);
  const reading = await prober(t).fetchReference({ url: server.url, path: PROBE_PATH });
  const reference = reading.kind === "present" ? reading.reference : undefined;
  assert.ok(reference);
  server.behaviour = behaviour;
  const { probe } = prober(t, ["silent", "drip"].includes(behaviour) ? 300 : undefined);
  return (await probe({ url: server.url, path: PROBE_PATH, reference })).outcome.reason;
}

describe("probe()", () => {
  for (const [behaviour, reason] of [
    ["serve", "right-bytes"],
    ["fail-503", "status-503"],
    ["redirect", "status-302"],
    ["wrong-bytes", "wrong-bytes"],
    ["cut-short", "short-body"],
    ["silent", "timeout"],
    ["drip", "too-slow"],
  ] as const) {
    test(`a server that does ${behaviour}: ${reason}`, async (t) =>
      assert.equal(await reasonWhen(t, behaviour), reason));
  }

  test("a server that has stopped is refused at once, though it was well before", async (t) => {
    const server = await openContentServer(t);
    const { probe } = prober(t);
    const target = { url: server.url, path: PROBE_PATH, reference: undefined };
    const { outcome: before } = await probe(target);
    assert.ok(before.ok && before.firstByteMs > 0);
    await server.stop();
    assert.deepEqual((await probe(target)).outcome, { ok: false, reason: "refused", isFact: true });
  });
  for (const [behaviour, pageOrigin, allowsPages] of [
    ["serve", "http://page", true],
    ["no-cors", "http://page", false],
    ["no-cors", undefined, undefined],
    ["fail-503", "http://page", undefined],
  ] as const) {
    test(`${behaviour}, asked as ${pageOrigin === undefined ? "no" : "a"} page: pages are let in: ${allowsPages}`, async (t) => {
      const server = await openContentServer(t);
      server.behaviour = behaviour;
      const { probe } = prober(t);
      const question = { url: server.url, path: PROBE_PATH, reference: undefined, pageOrigin };
      assert.equal((await probe(question)).allowsPages, allowsPages);
      assert.deepEqual([...server.origins], pageOrigin === undefined ? [] : [pageOrigin]);
    });
  }
  test("an address that cannot be one is a bad probe, no failure of ours", async (t) => {
    const { probe } = prober(t);
    const { outcome } = await probe({ url: "http://no.invalid", path: "/", reference: undefined });
    assert.equal(outcome.ok, false);
  });
});

describe("probe() of a node that carries a live stream", () => {
  const LIVE = "/live/one/index.m3u8";

  async function ask(t: TestContext, verdict: { ok: boolean; reason: string } | undefined) {
    const server = await openContentServer(t);
    server.lists.set(LIVE, "#EXTM3U\n");
    const judged: string[] = [];
    const judge = (text: string) => {
      judged.push(text);
      return verdict;
    };
    const live = { path: LIVE, isGiven: () => true, judge };
    const { probe } = prober(t);
    const { outcome, url } = await probe({
      url: server.url,
      path: PROBE_PATH,
      reference: undefined,
      live,
    });
    return { outcome, judged, path: url.slice(server.url.length) };
  }

  test("looks at its list, too", async (t) => {
    const { outcome, judged } = await ask(t, { ok: true, reason: "current" });
    assert.equal(outcome.ok, true);
    assert.deepEqual(judged, ["#EXTM3U\n"]);
  });
  test("is bad where the list stands still, however good the bytes are", async (t) => {
    const { outcome, path } = await ask(t, { ok: false, reason: "stale-playlist" });
    assert.equal(path, LIVE, "what was asked is the list");
    assert.deepEqual(outcome, { ok: false, reason: "stale-playlist", isFact: false });
  });
  test("is not blamed for a list that is too long to be looked at", async (t) => {
    const server = await openContentServer(t);
    server.lists.set(LIVE, `#EXTM3U\n${"#EXTINF:2,\nsegment.m4s\n".repeat(20_000)}`);
    const live = {
      path: LIVE,
      isGiven: () => true,
      judge: () => ({ ok: false, reason: "no-playlist" }),
    };
    const { probe } = prober(t);
    const { outcome } = await probe({
      url: server.url,
      path: PROBE_PATH,
      reference: undefined,
      live,
    });
    assert.equal(outcome.ok, true, outcome.reason);
  });
  test("is not blamed for a list that the source itself does not give", async (t) => {
    const server = await openContentServer(t);
    const live = { path: LIVE, isGiven: () => false, judge: () => undefined };
    const { probe } = prober(t);
    const { outcome } = await probe({
      url: server.url,
      path: PROBE_PATH,
      reference: undefined,
      live,
    });
    assert.equal(outcome.ok, true, outcome.reason);
  });
  test("is bad where the list is missing", async (t) => {
    const server = await openContentServer(t);
    const live = { path: LIVE, isGiven: () => true, judge: () => undefined };
    const { probe } = prober(t);
    const { outcome } = await probe({
      url: server.url,
      path: PROBE_PATH,
      reference: undefined,
      live,
    });
    assert.equal(outcome.reason, "live-status-404");
  });
});

describe("fetchReference()", () => {
  test("learns nothing from an origin that does not serve the object", async (t) => {
    const server = await openContentServer(t);
    const { fetchReference } = prober(t);
    assert.deepEqual(await fetchReference({ url: server.url, path: "/none" }), { kind: "absent" });
    await server.stop();
    const question = { url: server.url, path: PROBE_PATH };
    assert.deepEqual(await fetchReference(question), { kind: "unknown" });
  });
});
