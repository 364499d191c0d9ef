/** A hedge is asked for where waiting would cost the picture, costs little, and slanders nobody. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ONE, POLICY, Rig, SEGMENT, settled, TWO } from "./wire.rig.ts";

const OTHER = SEGMENT.map((byte) => byte ^ 0xff);

/** With so little in hand that nobody can be waited for. */
async function openWithLittle(): Promise<Rig> {
  const rig = await new Rig().open();
  rig.bufferSeconds = 1;
  rig.requests.length = 0;
  return rig;
}

function lateAnswer(rig: Rig, host: string) {
  const late = Promise.withResolvers<Response>();
  rig.set(host, { does: "late", answer: late.promise });
  return {
    comes: (body = SEGMENT) => late.resolve(new Response(body)),
    breaks: () => late.reject(new TypeError("fetch failed")),
  };
}

const mediaAsked = (rig: Rig) =>
  rig.requests.filter(({ url }) => url.includes(".m4s")).map(({ host }) => host);

describe("with little buffer", () => {
  test("another pathway is asked beside one that is silent, and the first that is whole counts", async () => {
    const rig = await openWithLittle();
    rig.set("a", { does: "hang" });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs - 100);
    assert.deepEqual(mediaAsked(rig), ["a"]);
    await rig.pass(100);
    const delivery = await loading;
    assert.equal(delivery.pathway, "b");
    assert.deepEqual(new Uint8Array(delivery.body), SEGMENT);
    assert.deepEqual(rig.all("hedge"), [
      {
        from: "a",
        to: "b",
        reason: "no-first-byte",
        kind: "segment",
        outcome: "won",
        wastedBytes: 0,
        bufferSeconds: 1,
      },
    ]);
  });

  test("the one that lost is aborted at once", async () => {
    const rig = await openWithLittle();
    const a = lateAnswer(rig, "a");
    rig.set("b", { does: "hang" });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    a.comes();
    assert.equal((await loading).pathway, "a");
    assert.deepEqual(
      rig.requests.map(({ host, isAborted }) => [host, isAborted]),
      [
        ["a", true],
        ["b", true],
      ],
    );
    const [hedge] = rig.all("hedge");
    assert.equal(hedge?.outcome, "lost");
    assert.deepEqual(rig.names(), ["hedge"], "and speaks against nobody");
  });

  test("what a lost hedge had brought is counted", async () => {
    const rig = await openWithLittle();
    const a = lateAnswer(rig, "a");
    rig.set("b", { does: "hang-mid", afterBytes: 300 });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    a.comes();
    await loading;
    assert.equal(rig.transport.snapshot().bytes.hedging, 300);
  });

  test("a hedge goes on as the request itself when the first one fails", async () => {
    const rig = await openWithLittle();
    const a = lateAnswer(rig, "a");
    const b = lateAnswer(rig, "b");
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    a.breaks();
    await settled();
    b.comes();
    assert.equal((await loading).pathway, "b");
    assert.deepEqual(mediaAsked(rig), ["a", "b"]);
    assert.deepEqual(rig.names(), ["failover", "hedge"]);
    assert.equal(rig.all("hedge")[0]?.outcome, "took-over");
  });

  test("a hedge that fails leaves the first one waited for, and is not repeated", async () => {
    const rig = await openWithLittle();
    const a = lateAnswer(rig, "a");
    rig.set("b", { does: "refuse" });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs + 200);
    assert.deepEqual(mediaAsked(rig), ["a", "b"]);
    a.comes();
    assert.equal((await loading).pathway, "a");
    assert.equal(rig.all("hedge")[0]?.outcome, "failed");
    assert.equal(rig.transport.snapshot().pathways[1]?.state, "avoided");
  });

  test("is dropped with the request", async () => {
    const rig = await openWithLittle();
    rig.set("a", { does: "hang" });
    rig.set("b", { does: "hang" });
    const controller = new AbortController();
    const loading = rig.load(ONE, "segment", controller.signal);
    await rig.pass(POLICY.hedgeAfterMs);
    controller.abort();
    await assert.rejects(loading);
    assert.ok(rig.requests.every(({ isAborted }) => isAborted));
    assert.equal(rig.all("hedge")[0]?.outcome, "aborted");
    assert.equal(rig.transport.snapshot().pathways[1]?.state, "well");
  });

  test("a host that is busy sending something else is not hedged", async () => {
    const rig = await openWithLittle();
    rig.linkBytesPerSecond = 60_000;
    const large = rig.load("http://a/low/3.m4s");
    const a = lateAnswer(rig, "a");
    const small = rig.load(ONE);
    rig.set("a", { does: "serve" });
    await rig.pass(600);
    assert.deepEqual(mediaAsked(rig), ["a", "a"]);
    a.comes();
    await small;
    await rig.pass(2_000);
    await large;
  });
});

describe("a body that fell silent", () => {
  test("is hedged for its rest only", async () => {
    const rig = await openWithLittle();
    rig.set("a", { does: "hang-mid", afterBytes: 600 });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    const delivery = await loading;
    assert.equal(rig.asked.at(-1), "http://b/1.m4s bytes=500-");
    assert.deepEqual(new Uint8Array(delivery.body), SEGMENT);
    assert.equal(delivery.begunOn, "a");
    assert.equal(rig.all("hedge")[0]?.reason, "silence");
    assert.deepEqual(rig.all("resume"), [{ from: "a", to: "b", atByte: 600, sizeBytes: 1_000 }]);
  });

  test("is never spliced with the bytes of another one", async () => {
    const rig = await openWithLittle();
    rig.set("a", { does: "hang-mid", afterBytes: 600 });
    rig.set("b", { does: "serve", segment: OTHER });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    const delivery = await loading;
    assert.deepEqual(new Uint8Array(delivery.body), OTHER);
    assert.equal(delivery.begunOn, undefined);
    assert.equal(rig.all("hedge")[0]?.wastedBytes, 600);
  });

  test("does not go on elsewhere for a hedge that lost", async () => {
    const rig = await openWithLittle();
    rig.set("a", { does: "hang-mid", afterBytes: 600 });
    rig.set("b", { does: "hang-mid", afterBytes: 300 });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    rig.set("a", { does: "serve" });
    await rig.pass(100);
    const delivery = await loading;
    assert.equal(delivery.pathway, "a");
    assert.deepEqual(rig.all("resume"), []);
  });
});

describe("a host that a hedge has overtaken", () => {
  test("is left once it was silent for longer than any good host is", async () => {
    const rig = await openWithLittle();
    rig.set("a", { does: "hang" });
    const b = lateAnswer(rig, "b");
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs + 300);
    rig.set("a", { does: "hang" });
    b.comes();
    await loading;
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well", "600 ms prove nothing");
    rig.set("b", { does: "serve" });
    const next = rig.load(TWO);
    await rig.pass(400);
    assert.equal((await next).pathway, "b");
    assert.equal(rig.transport.snapshot().pathways[0]?.reason, "no-first-byte");
    assert.equal(rig.all("failover").length, 1);
  });
});

describe("the budget", () => {
  test("lets hedges waste a share of what is delivered, and no more", async () => {
    const rig = await openWithLittle();
    const segment = new Uint8Array(100_000);
    for (let load = 0; load < 200; load += 1) {
      // Only now and then, or it would come to be what the host is known for.
      const isLate = load % 10 === 0;
      const a = lateAnswer(rig, "a");
      rig.set("b", { does: "hang-mid", segment, afterBytes: 99_999 });
      const loading = rig.load(load % 2 === 0 ? ONE : TWO);
      await rig.pass(isLate ? POLICY.hedgeAfterMs + 100 : 0);
      a.comes(segment);
      assert.equal((await loading).pathway, "a");
    }
    const { delivered, hedging } = rig.transport.snapshot().bytes;
    const allowed = POLICY.hedgeReserveBytes + POLICY.hedgeShare * delivered + segment.length;
    const hedges = rig.all("hedge").length;
    assert.ok(hedges >= 5 && hedges < 20, `${hedges} hedges in 20 late answers`);
    assert.ok(hedging <= allowed, `${hedging} of ${allowed} bytes`);
  });
});
