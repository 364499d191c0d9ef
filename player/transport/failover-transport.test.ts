import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UnavailableError } from "./delivery.ts";
import { MASTER, ONE, PLAIN, POLICY, Rig, SEGMENT, STEERED, settled, TWO } from "./wire.rig.ts";

describe("a transport whose primary fails", () => {
  for (const [how, behaviour, reason, withinMs] of [
    ["refuses connections", { does: "refuse" }, "refused", 0],
    ["answers 503", { does: "status", status: 503 }, "status-5xx", 0],
    ["never answers", { does: "hang" }, "no-first-byte", 1_100],
    ["falls silent in mid-body", { does: "hang-mid", afterBytes: 600 }, "silence", 1_100],
    ["breaks off in mid-body", { does: "cut", afterBytes: 600 }, "truncated", 0],
  ] as const) {
    test(`that ${how}: the next pathway delivers`, async () => {
      const rig = await new Rig().open();
      rig.set("a", behaviour);
      const loading = rig.load(ONE);
      await rig.pass(withinMs);
      const delivery = await loading;
      assert.deepEqual(new Uint8Array(delivery.body), SEGMENT);
      assert.equal(delivery.pathway, "b");
      const failover = rig.told.find(({ name }) => name === "failover");
      assert.deepEqual(failover && "reason" in failover.detail && failover.detail.reason, reason);
    });
  }

  test("every kind of request spares itself the failed host from then on", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    rig.asked.length = 0;
    await rig.load("http://a/low.m3u8", "media-playlist");
    await rig.load(TWO);
    await rig.load("http://a/key", "key");
    assert.deepEqual(rig.asked, ["http://b/low.m3u8", "http://b/2.m4s", "http://b/key"]);
    assert.deepEqual(rig.names(), ["failover"]);
  });

  test("requests that fail together are one failover", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await Promise.all([
      rig.load(ONE),
      rig.load(TWO),
      rig.load("http://a/low.m3u8", "media-playlist"),
    ]);
    assert.deepEqual(rig.names(), ["failover"]);
  });

  test("a backup that fails too is left for the third", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "cut", afterBytes: 300 });
    rig.set("b", { does: "cut", afterBytes: 300 });
    const delivery = await rig.load(ONE);
    assert.equal(delivery.pathway, "c");
    assert.deepEqual(new Uint8Array(delivery.body), SEGMENT);
  });
});

describe("what lies on a host of nobody's", () => {
  test("moves no play by being asked for while a pathway is down", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    await rig.load("http://keys/1", "key");
    await rig.load(TWO);
    assert.deepEqual(rig.names(), ["failover"]);
  });
});

describe("what was asked before a failure", () => {
  test("does not make the host well by arriving after it", async () => {
    const rig = await new Rig().open();
    const late = Promise.withResolvers<Response>();
    rig.set("a", { does: "late", answer: late.promise });
    const audio = rig.load("http://a/audio.m4s");
    await settled();
    rig.set("a", { does: "refuse" });
    rig.nowMs += 10;
    await rig.load(ONE);
    late.resolve(new Response(SEGMENT));
    assert.equal((await audio).pathway, "a");
    assert.equal((await rig.load(TWO)).pathway, "b");
    assert.deepEqual(rig.names(), ["failover"]);
  });
});

describe("a tab that is hidden", () => {
  test("still notices a host that hangs, though its loop runs once a second", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "hang" });
    const loading = rig.load(ONE);
    for (let second = 0; second < 4; second += 1) {
      await settled();
      rig.nowMs += 1_000;
      rig.transport.tick(rig.nowMs);
    }
    assert.equal((await loading).pathway, "b");
  });
  test("judges nobody in the first moment after a long sleep", async () => {
    const rig = await new Rig().open();
    const late = Promise.withResolvers<Response>();
    rig.set("a", { does: "late", answer: late.promise });
    const loading = rig.load(ONE);
    await rig.pass(100);
    rig.nowMs += 60_000;
    rig.transport.tick(rig.nowMs);
    late.resolve(new Response(SEGMENT));
    assert.equal((await loading).pathway, "a");
  });
});

describe("a body that broke off", () => {
  test("goes on elsewhere from the byte it had reached, less the overlap", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "cut", afterBytes: 600 });
    const delivery = await rig.load(ONE);
    assert.deepEqual(rig.asked, [ONE, "http://b/1.m4s bytes=500-"]);
    assert.equal(delivery.begunOn, "a");
    const resume = rig.told.find(({ name }) => name === "resume");
    assert.deepEqual(resume?.detail, { from: "a", to: "b", atByte: 600, sizeBytes: 1_000 });
  });

  test("starts over when the other pathway holds different bytes", async () => {
    const rig = await new Rig().open();
    const other = SEGMENT.map((byte) => byte ^ 0xff);
    rig.set("a", { does: "cut", afterBytes: 600 });
    rig.set("b", { does: "serve", segment: other });
    const delivery = await rig.load(ONE);
    assert.deepEqual(new Uint8Array(delivery.body), other);
    assert.deepEqual(rig.asked.slice(-2), ["http://b/1.m4s bytes=500-", "http://b/1.m4s"]);
  });

  test("counts the time of every pathway that brought bytes", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "hang-mid", afterBytes: 600 });
    const loading = rig.load(ONE);
    await settled();
    rig.nowMs += 400;
    rig.transport.tick(rig.nowMs);
    await rig.pass(1_500);
    assert.equal(
      (await loading).transferMs,
      0,
      "its bytes came at once, and the silence is not theirs",
    );
  });

  test("starts over when the other pathway's is of another size", async () => {
    const rig = await new Rig().open();
    const shorter = SEGMENT.slice(0, 900);
    rig.set("a", { does: "cut", afterBytes: 600 });
    rig.set("b", { does: "serve", segment: shorter });
    assert.deepEqual(new Uint8Array((await rig.load(ONE)).body), shorter);
  });
});

describe("an object that is missing", () => {
  test("on one pathway is taken from another, and nobody moves", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "status", status: 404 });
    assert.equal((await rig.load(ONE)).pathway, "b");
    rig.set("a", { does: "serve" });
    assert.equal((await rig.load(TWO)).pathway, "a");
    assert.deepEqual(rig.names(), []);
  });

  test("everywhere is not taken for an outage", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "status", status: 404 });
    const loading = rig.load(ONE);
    await rig.pass(2_000);
    await assert.rejects(loading);
    assert.deepEqual(rig.names(), []);
  });

  test("everywhere is reported, after everybody was asked", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "status", status: 404 });
    const loading = rig.load(ONE);
    await rig.pass(2_000);
    await assert.rejects(
      loading,
      (error) => error instanceof UnavailableError && error.status === 404,
    );
  });

  test("elsewhere is waited for while who served until now cannot be reached", async () => {
    const rig = await new Rig().open();
    await rig.load(ONE);
    rig.set("a", { does: "refuse" });
    for (const host of ["b", "c"]) rig.set(host, { does: "status", status: 404 });
    const loading = rig.load(TWO);
    await rig.pass(10_000);
    rig.set("a", { does: "serve" });
    await rig.pass(POLICY.retryLongestMs);
    assert.equal((await loading).pathway, "a");
  });

  test("elsewhere is not waited for because somebody else is dead", async () => {
    const rig = await new Rig().open();
    await rig.load(ONE);
    for (const host of ["a", "b"]) rig.set(host, { does: "status", status: 404 });
    rig.set("c", { does: "refuse" });
    const loading = rig.load(TWO);
    await rig.pass(2_000);
    await assert.rejects(loading, UnavailableError);
  });

  test("an error page that says 200 is no playlist", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "html" });
    const delivery = await rig.load("http://a/low.m3u8", "media-playlist");
    assert.equal(delivery.pathway, "b");
    assert.equal(delivery.url, "http://a/low.m3u8");
  });
});

describe("when nothing can be reached", () => {
  test("the request waits, says so once, and goes on when a pathway returns", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "refuse" });
    const loading = rig.load(ONE);
    await rig.pass(30_000);
    assert.equal(rig.names().filter((name) => name === "degraded").length, 1);
    assert.equal(rig.transport.snapshot().degraded, true);

    rig.set("c", { does: "serve" });
    await rig.pass(POLICY.retryLongestMs + 200);
    assert.equal((await loading).pathway, "c");
    const failovers = rig.names().filter((name) => name === "failover").length;
    assert.ok(failovers <= 3, `${failovers} failovers told for one outage`);
    assert.equal(rig.transport.snapshot().degraded, false);
    const last = rig.told.findLast(({ name }) => name === "degraded");
    assert.ok(last && "state" in last.detail && last.detail.state === "recovered");
  });

  test("a patient request hurries to a pathway that has recovered", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "hang" });
    const loading = rig.load(ONE);
    await rig.pass(60_000);
    rig.set("b", { does: "serve" });
    const returnedMs = rig.nowMs;
    while (rig.transport.snapshot().degraded && rig.nowMs < returnedMs + 30_000) {
      await rig.pass(100);
    }
    assert.equal((await loading).pathway, "b");
    assert.ok(rig.nowMs - returnedMs <= 12_000, `${rig.nowMs - returnedMs} ms`);
  });

  test("the request ends when the player aborts it", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "hang" });
    const controller = new AbortController();
    const loading = rig.load(ONE, "segment", controller.signal);
    await rig.pass(500);
    controller.abort();
    await assert.rejects(loading, { name: "AbortError" });
  });

  test("an abort is nobody's fault", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "hang" });
    const controller = new AbortController();
    const loading = rig.load(ONE, "segment", controller.signal);
    await rig.pass(300);
    controller.abort();
    await assert.rejects(loading);
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
  });

  test("when all are slow alike, patience grows until the slow one delivers", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "hang" });
    const loading = rig.load(ONE);
    await rig.pass(3_500);
    const firstRound = rig.asked.filter((url) => url.endsWith("1.m4s")).length;
    await rig.pass(3_500);
    const laterRound = rig.asked.filter((url) => url.endsWith("1.m4s")).length - firstRound;
    assert.ok(laterRound < firstRound, `${firstRound} then ${laterRound} requests`);
    rig.set("a", { does: "serve" });
    rig.set("b", { does: "serve" });
    rig.set("c", { does: "serve" });
    await rig.pass(12_000);
    assert.equal((await loading).body.byteLength, 1_000);
  });
});

describe("failback", () => {
  async function failedOver(): Promise<Rig> {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    return rig;
  }

  test("returns after good probes and the dwell, with steering down", async () => {
    const rig = await failedOver();
    rig.set("a", { does: "serve" });
    await rig.pass(3_000);
    assert.equal((await rig.load(TWO)).pathway, "b", "not before the dwell");
    await rig.pass(3_000);
    assert.equal((await rig.load(TWO)).pathway, "a");
    const failback = rig.told.find(({ name }) => name === "failback");
    assert.deepEqual(failback?.detail, {
      from: "b",
      to: "a",
      reason: "recovered",
      awayMs: 6_000,
      bufferSeconds: 10,
    });
  });

  test("probes with bytes of the segment that comes next", async () => {
    const rig = await failedOver();
    rig.asked.length = 0;
    await rig.pass(1_500);
    assert.deepEqual(
      rig.asked.filter((url) => url.startsWith("http://a/")),
      ["http://a/2.m4s bytes=0-16383"],
    );
  });

  test("a primary that is still dead is probed for ever, and costs no viewer's request", async () => {
    const rig = await failedOver();
    rig.asked.length = 0;
    await rig.pass(20_000);
    assert.equal((await rig.load(TWO)).pathway, "b");
    const toPrimary = rig.asked.filter((url) => url.startsWith("http://a/"));
    assert.ok(toPrimary.length >= 15 && toPrimary.every((url) => url.includes("bytes=0-")));
  });

  test("with little buffer, no probe is sent until the breaker's time is up", async () => {
    const rig = await failedOver();
    rig.bufferSeconds = 1;
    rig.asked.length = 0;
    await rig.pass(1_400);
    assert.deepEqual(
      rig.asked.filter((url) => url.startsWith("http://a/")),
      [],
    );
    await rig.pass(1_000);
    assert.equal(rig.asked.filter((url) => url.startsWith("http://a/")).length, 1);
  });

  test("probes go on at their pace however long the breaker is open, with little buffer too", async () => {
    const rig = await new Rig().open();
    rig.bufferSeconds = 1;
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "refuse" });
    const loading = rig.load(ONE);
    await rig.pass(60_000);
    for (const host of ["b", "c"]) rig.set(host, { does: "serve" });
    await rig.pass(3_000);
    assert.notEqual((await loading).pathway, "a");
    rig.requests.length = 0;
    await rig.pass(10_000);
    const probes = rig.requests.filter(({ host }) => host === "a");
    assert.ok(probes.length >= 5, `${probes.length} probes in 10 s`);
  });

  test("a primary that flaps does not drag the viewer back", async () => {
    const rig = await failedOver();
    for (let second = 0; second < 20; second += 1) {
      rig.set("a", { does: second % 4 < 2 ? "serve" : "refuse" });
      await rig.pass(1_000);
    }
    await rig.load(TWO);
    assert.deepEqual(rig.names(), ["failover"]);
  });
});

describe("steering", () => {
  const manifest = (priority: readonly string[], ttl = 5) =>
    Response.json({ VERSION: 1, TTL: ttl, "PATHWAY-PRIORITY": priority });

  test("its order is followed, and the move is told", async () => {
    const rig = await new Rig().open();
    assert.equal((await rig.load(ONE)).pathway, "a");
    rig.steering = () => manifest(["c", "a", "b"]);
    await rig.pass(300);
    assert.equal((await rig.load(TWO)).pathway, "c");
    assert.deepEqual(rig.names(), ["steering", "failover"]);
    const failover = rig.told.at(-1);
    assert.ok(failover && "reason" in failover.detail);
    assert.equal(failover.detail.reason, "steering-order");
  });

  test("the viewer's own record vetoes it", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "refuse" });
    rig.steering = () => manifest(["a", "b", "c"]);
    await rig.load(ONE);
    await rig.pass(1_000);
    assert.equal((await rig.load(TWO)).pathway, "b");
  });

  test("an order that flaps moves the viewer at most once per dwell", async () => {
    const rig = await new Rig().open();
    await rig.load(ONE);
    let asks = 0;
    rig.steering = () => {
      asks += 1;
      return manifest(asks % 2 === 0 ? ["a", "b"] : ["b", "a"], 1);
    };
    for (let second = 0; second < 9; second += 1) {
      await rig.pass(1_000);
      await rig.load(second % 2 === 0 ? TWO : ONE);
    }
    const moves = rig.names().filter((name) => name !== "steering").length;
    assert.ok(moves <= 3, `${moves} moves in 9 s with a dwell of 3 s`);
  });

  test("a server that hangs is given up after a while, and playback never waits", async () => {
    const rig = await new Rig().open();
    rig.steering = () => new Promise(() => undefined);
    await rig.pass(6_000);
    assert.equal((await rig.load(ONE)).pathway, "a");
  });

  test("is told where playback is", async () => {
    const rig = await new Rig().open();
    await rig.load(ONE);
    await rig.pass(300);
    const question = rig.asked.find((url) => url.includes("/steer"));
    assert.match(question ?? "", /_HLS_pathway=a&_HLS_throughput=\d+/);
  });
});

describe("opening", () => {
  test("asks the next source when the first is down, and makes pathways of the sources", async () => {
    const direct = ["http://a/master.m3u8", "http://b/master.m3u8"];
    const rig = new Rig([MASTER, ...direct], PLAIN);
    rig.set("steering", { does: "refuse" });
    const opened = await rig.load(MASTER, "multivariant-playlist");
    assert.equal(opened.url, "http://a/master.m3u8");
    assert.deepEqual(
      rig.transport.snapshot().pathways.map(({ id }) => id),
      ["a", "b", "steering"],
    );
    rig.set("a", { does: "refuse" });
    await rig.load("http://a/low.m3u8", "media-playlist");
    assert.equal((await rig.load(ONE)).pathway, "b");
  });

  test("asks the next source when the first hangs", async () => {
    const rig = new Rig([MASTER, "http://a/master.m3u8"], PLAIN);
    rig.set("steering", { does: "hang" });
    const opening = rig.load(MASTER, "multivariant-playlist");
    await rig.pass(1_200);
    assert.equal((await opening).url, "http://a/master.m3u8");
  });

  test("a source that does not exist is reported", async () => {
    const rig = new Rig([MASTER], PLAIN);
    rig.set("steering", { does: "status", status: 404 });
    await assert.rejects(rig.load(MASTER, "multivariant-playlist"), UnavailableError);
  });

  test("a source that leads to another host is no place of its own", async () => {
    const source = "http://front/master.m3u8";
    const rig = new Rig([source], PLAIN);
    const led = new Response(PLAIN);
    Object.defineProperty(led, "url", { value: "http://a/master.m3u8" });
    rig.set("front", {
      does: "answer",
      with: ({ path }) => (path === "/master.m3u8" ? led : new Response(null, { status: 404 })),
    });
    const opening = rig.load(source, "multivariant-playlist");
    await rig.pass(100);
    await opening;
    assert.deepEqual(
      rig.transport.snapshot().pathways.map(({ id }) => id),
      ["a"],
    );
  });

  test("the first pathway is where steering begins, whatever stands first", async () => {
    const rig = new Rig([MASTER], STEERED.replace('PATHWAY-ID="a"\n', 'PATHWAY-ID="b"\n'));
    const opened = await rig.load(MASTER, "multivariant-playlist");
    assert.match(new TextDecoder().decode(opened.body), /^http:\/\/b\/low\.m3u8$/m);
    await rig.load("http://b/low.m3u8", "media-playlist");
    assert.equal((await rig.load("http://b/1.m4s")).pathway, "b");
  });
});
