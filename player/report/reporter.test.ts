/** What a playback reports while its hosts go bad, told in virtual time and judged by the library. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { validateCmcdHeaders, validateCmcdRequest } from "@svta/cml-cmcd";
import { DEFAULT_REPORT_POLICY, type ReportOptions } from "../contract/report-options.ts";
import { MASTER, ONE, POLICY, Rig, SEGMENT, STEERED, settled, TWO } from "../transport/wire.rig.ts";
import { Collector } from "./collector.rig.ts";
import { type PlayFacts, Reporter } from "./reporter.ts";

const COLLECTOR = "http://collector.test/cmcd";
const TO_COLLECTOR: ReportOptions = { targets: [{ url: COLLECTOR }] };
const FACTS: PlayFacts = {
  bufferMs: 130,
  positionMs: 61_000,
  rate: 1,
  throughputBitsPerSecond: 3_456_000,
  live: undefined,
};

async function watching(
  reports: ReportOptions = TO_COLLECTOR,
  { master = STEERED, facts = FACTS }: { master?: string; facts?: PlayFacts } = {},
) {
  let steeringUri: string | undefined;
  const collector = new Collector();
  const rig: Rig = new Rig(
    [MASTER],
    master,
    {},
    {
      onAttempt: (ended) => reporter.noteAttempt(ended),
      label: (request, about) => reporter.label(request, about),
    },
  );
  const reporter: Reporter = new Reporter({
    reports,
    policy: DEFAULT_REPORT_POLICY,
    fetch: collector.fetch,
    now: () => rig.nowMs,
    wallNow: () => 1_700_000_000_000 + rig.nowMs,
    random: () => 0.5,
    facts: () => facts,
    steeringUri: () => steeringUri ?? rig.transport.steeringUri,
  });
  rig.onStep = () => reporter.tick(rig.nowMs);
  await rig.open();
  await rig.pass(2_500);
  collector.posts.length = 0;
  const renews = (uri: string) => {
    steeringUri = uri;
  };
  return { rig, reporter, collector, renews };
}

/** Host, code, why and for what, of each response that was reported. */
function responses({ all }: { all: readonly Readonly<Record<string, unknown>>[] }): string[] {
  return all.map((report) =>
    [
      new URL(String(report["url"])).host,
      report["rc"] ?? "-",
      report["com.understudy-reason"],
      report["com.understudy-attempt"],
    ]
      .filter((word) => word !== undefined)
      .join(" "),
  );
}

describe("a failover is reported", () => {
  test("with the attempt that nobody answered, the one that delivered, and the new host", async () => {
    const { rig, collector } = await watching();
    await rig.load(ONE);
    rig.set("a", { does: "hang" });
    const loading = rig.load(TWO);
    await rig.pass(5_000);
    assert.equal((await loading).pathway, "b");
    assert.deepEqual(responses({ all: collector.all("rr") }).slice(0, 3), [
      "a 200",
      "a 0 no-first-byte",
      "b 200",
    ]);
    assert.deepEqual(
      collector.all("h").map(({ h, cdn }) => [h, cdn]),
      [["b", "b"]],
    );
    assert.deepEqual(collector.objections, []);
  });

  test("a tick after it, though others are still being collected", async () => {
    const { rig, collector } = await watching();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    await rig.pass(100);
    assert.deepEqual(responses({ all: collector.all("rr") }), ["a 0 refused", "b 200"]);
  });

  for (const [name, behaviour, told] of [
    ["a body that breaks off", { does: "cut" }, "a 0 truncated"],
    ["a body that falls silent", { does: "hang-mid" }, "a 0 silence"],
    ["an error", { does: "status", status: 503 }, "a 503 status-5xx"],
    ["what is not there", { does: "status", status: 404 }, "a 404 status-4xx"],
  ] as const) {
    test(`after ${name}`, async () => {
      const { rig, collector } = await watching();
      rig.set("a", behaviour);
      const loading = rig.load(ONE);
      await rig.pass(3_000);
      await loading;
      const [first, second = ""] = responses({ all: collector.all("rr") });
      assert.equal(first, told);
      assert.match(second, /^b 20[06]$/);
      assert.deepEqual(collector.objections, []);
    });
  }

  test("with its times, and no pace of a body that two have brought", async () => {
    const { rig, collector } = await watching();
    rig.set("a", { does: "hang-mid" });
    void rig.load("http://a/low/7.m4s");
    await rig.pass(3_000);
    const [dead, rest] = collector.all("rr");
    assert.equal(dead?.["ttfb"], 0);
    assert.equal(dead?.["ttlb"], undefined);
    assert.equal(rest?.["ttlb"], 0);
    assert.equal(rest?.["d"], undefined);
    assert.ok(Number(dead?.["ts"]) < Number(rest?.["ts"]), "each when it was asked");
  });
});

describe("reported is also", () => {
  test("a playlist, and an error page in its place", async () => {
    const { rig, collector } = await watching();
    rig.set("a", { does: "html" });
    await rig.load("http://a/low.m3u8", "media-playlist");
    await rig.pass(2_500);
    assert.deepEqual(responses({ all: collector.all("rr") }).slice(0, 2), [
      "a 0 not-a-playlist",
      "b 200",
    ]);
    assert.equal(collector.all("rr")[0]?.["ot"], "m");
  });

  test("what the viewer gave up, without a code: it is nobody's failure", async () => {
    const { rig, collector } = await watching();
    rig.set("a", { does: "hang" });
    const viewer = new AbortController();
    void rig.load(ONE, "segment", viewer.signal);
    await rig.pass(200);
    viewer.abort(new DOMException("aborted", "AbortError"));
    await rig.pass(2_500);
    assert.deepEqual(responses({ all: collector.all("rr") }), ["a - aborted"]);
    assert.deepEqual(collector.objections, []);
  });

  test("each probe, as one, whether it fails or not", async () => {
    const { rig, collector } = await watching();
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    await rig.pass(2_500);
    rig.set("a", { does: "serve" });
    await rig.pass(3_000);
    const probes = responses({ all: collector.all("rr") }).filter((told) => /probe/.test(told));
    assert.ok(probes.includes("a 0 refused probe"));
    assert.ok(probes.includes("a 206 probe"));
    assert.deepEqual(collector.objections, []);
  });
});

describe("a hedge is reported", () => {
  const littleInHand = async () => {
    const watched = await watching();
    watched.rig.bufferSeconds = 1;
    return watched;
  };
  const toldOf = (collector: Collector) =>
    responses({ all: collector.all("rr") })
      .filter((told) => !told.includes("probe"))
      .sort();

  test("when it wins, and the one that it overtook as no failure", async () => {
    const { rig, collector } = await littleInHand();
    rig.set("a", { does: "hang" });
    const loading = rig.load(ONE);
    await rig.pass(3_000);
    assert.equal((await loading).pathway, "b");
    assert.deepEqual(toldOf(collector), ["a - aborted", "b 200 hedge"]);
    assert.deepEqual(collector.objections, []);
  });

  test("when it loses, and as no failure either", async () => {
    const { rig, collector } = await littleInHand();
    const late = Promise.withResolvers<Response>();
    rig.set("a", { does: "late", answer: late.promise });
    rig.set("b", { does: "hang" });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    late.resolve(new Response(SEGMENT));
    await loading;
    await rig.pass(2_500);
    assert.deepEqual(toldOf(collector), ["a 200", "b - aborted hedge"]);
  });

  test("when it fails, and the first one delivers after all", async () => {
    const { rig, collector } = await littleInHand();
    const late = Promise.withResolvers<Response>();
    rig.set("a", { does: "late", answer: late.promise });
    rig.set("b", { does: "refuse" });
    const loading = rig.load(ONE);
    await rig.pass(POLICY.hedgeAfterMs);
    late.resolve(new Response(SEGMENT));
    assert.equal((await loading).pathway, "a");
    await rig.pass(2_500);
    assert.deepEqual(toldOf(collector), ["a 200", "b 0 refused hedge"]);
    assert.deepEqual(collector.objections, []);
  });
});

describe("a request carries CMCD", () => {
  const cmcdOf = (url: string) => new URL(url.split(" ")[0] ?? "").searchParams.get("CMCD");

  test("not at all, if the page does not ask for it", async () => {
    const { rig } = await watching();
    await rig.load(ONE);
    assert.deepEqual(
      rig.asked.filter((url) => cmcdOf(url) !== null),
      [],
    );
  });

  test("in its query, which neither the media player nor a report gets to see", async () => {
    const { rig, reporter, collector } = await watching({ ...TO_COLLECTOR, requests: "query" });
    reporter.note({ kind: "playing" });
    rig.set("a", { does: "refuse" });
    const delivery = await rig.load(ONE);
    assert.equal(delivery.url, ONE);
    const media = rig.asked.filter((url) => url.includes("1.m4s"));
    assert.deepEqual(
      media.map((url) => new URL(url).host),
      ["a", "b"],
    );
    const read = media.map((url) => validateCmcdRequest(new Request(url)));
    assert.deepEqual(
      read.flatMap(({ issues }) => issues),
      [],
    );
    assert.deepEqual(
      read.map(({ data }) => [data["cdn"], data["sn"], data["msd"] !== undefined]),
      // The playlists before it had the numbers below, and the delay of the start is told once.
      [
        ["a", 2, true],
        ["b", 3, false],
      ],
    );
    await rig.pass(2_500);
    assert.deepEqual(
      collector
        .all("rr")
        .slice(0, 2)
        .map(({ url }) => url),
      [ONE, "http://b/1.m4s"],
    );
  });

  test("in four headers", async () => {
    const { reporter } = await watching({ requests: "headers", contentId: "film" });
    const { url, headers } = reporter.label(
      { url: ONE, headers: { a: "b" } },
      { kind: "segment", pathway: "a", durationMs: 2_000 },
    );
    assert.equal(url, ONE);
    assert.equal(headers["a"], "b");
    const { a: _, ...cmcd } = headers;
    assert.equal(validateCmcdHeaders(cmcd).valid, true);
    assert.match(headers["CMCD-Session"] ?? "", /^cid="film",sf=h,sid="[0-9a-f-]{36}",st=v,v=2$/);
    assert.equal(headers["CMCD-Object"], "d=2000");
  });

  test("that says how urgent it is, and once that the picture stood still", async () => {
    const { reporter } = await watching({ requests: "query" });
    const ask = () => {
      const about = { kind: "segment", pathway: "a", durationMs: 2_000 } as const;
      const { url } = reporter.label({ url: ONE, headers: {} }, about);
      const { su, bs, sta } = validateCmcdRequest(new Request(url)).data;
      return [sta, su ?? false, bs ?? false].map(String);
    };
    reporter.note({ kind: "told-to-play" });
    assert.deepEqual(ask(), ["s", "true", "false"]);
    reporter.note({ kind: "playing" });
    assert.deepEqual(ask(), ["p", "false", "false"]);
    reporter.note({ kind: "waiting" });
    assert.deepEqual(ask(), ["r", "true", "true"]);
    assert.deepEqual(ask(), ["r", "true", "false"]);
  });
});

describe("steering of ours hears", () => {
  const ours = STEERED.replace("/steer", "/v1/steer/hls?session=to.ken");

  test("without a word from the page, and only what it reads", async () => {
    const { rig, reporter, collector } = await watching({ contentId: "film" }, { master: ours });
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    reporter.note({ kind: "playing" });
    reporter.note({ kind: "bitrate", bitrateKbps: 800 });
    await rig.pass(60_000);
    assert.deepEqual(
      [...new Set(collector.posts.map(({ url }) => url))],
      ["http://steering/v1/cmcd?session=to.ken"],
    );
    const keys = new Set(collector.reports.flatMap((report) => Object.keys(report)));
    assert.deepEqual([...keys].sort().join(" "), "br cdn d e rc sid sn sta ts ttfb ttlb url v");
    assert.deepEqual([...new Set(collector.reports.map(({ e }) => e))].sort(), ["ps", "rr"]);
    assert.deepEqual(collector.objections, []);
  });

  test("nothing where the page does not wish it", async () => {
    const { rig, collector } = await watching({ steering: false }, { master: ours });
    await rig.load(ONE);
    await rig.pass(5_000);
    assert.deepEqual(collector.posts, []);
  });

  test("and steering of others does not", async () => {
    const { rig, collector } = await watching({});
    await rig.load(ONE);
    await rig.pass(5_000);
    assert.deepEqual(collector.posts, []);
  });

  test("at the newest address, for the token in it is renewed", async () => {
    const { rig, reporter, collector, renews } = await watching({}, { master: ours });
    await rig.load(ONE);
    renews("http://steering/v1/steer/hls?session=new.er");
    await rig.pass(2_500);
    assert.equal(collector.posts.at(-1)?.url, "http://steering/v1/cmcd?session=new.er");
    assert.deepEqual(reporter.snapshot.length, 1);
  });
});

describe("a target", () => {
  test("gets what it asked for, each report with a number of its own", async () => {
    const { rig, reporter, collector } = await watching({
      targets: [
        { url: `${COLLECTOR}/1`, events: ["ps"], includeKeys: ["sn"] },
        { url: `${COLLECTOR}/2`, events: ["ps", "t"], everySeconds: 5, authorization: "Bearer x" },
      ],
    });
    reporter.note({ kind: "told-to-play" });
    reporter.note({ kind: "playing" });
    await rig.pass(7_000);
    const [first, second] = ["1", "2"].map((name) =>
      collector.posts.filter(({ url }) => url === `${COLLECTOR}/${name}`),
    );
    const lines = first?.flatMap(({ body }) => body.split("\n")) ?? [];
    assert.deepEqual(
      lines.map((line) => line.replace(/ts=\d+/, "ts=…")),
      ["e=ps,sn=0,sta=s,ts=…,v=2", "e=ps,sn=1,sta=p,ts=…,v=2"],
    );
    const headers = second?.[0]?.init.headers as Record<string, string>;
    assert.equal(headers["Authorization"], "Bearer x");
    const [interval] = collector.all("t");
    assert.deepEqual(
      [interval?.["bl"], interval?.["mtp"], interval?.["pt"]],
      [[100], [3_500], 61_000],
    );
    assert.deepEqual(collector.objections, []);
  });

  test("hears every thirty seconds, and never where that is 0", async () => {
    const { rig, collector } = await watching({
      targets: [{ url: COLLECTOR }, { url: `${COLLECTOR}/0`, everySeconds: 0 }],
    });
    await rig.pass(90_000);
    assert.equal(collector.all("t").length, 3);
  });

  test("of a live stream hears how far behind it is, and no place in the film", async () => {
    const live = { ...FACTS, live: { latencyMs: 8_012 }, rate: 1.5 };
    const { rig, collector } = await watching(TO_COLLECTOR, { facts: live });
    await rig.pass(30_000);
    const [{ ltc, pt, st, pr } = {}] = collector.all("t");
    assert.deepEqual([ltc, pt, st, pr], [8_012, undefined, "l", 1.5]);
    assert.deepEqual(collector.objections, []);
  });

  test("that is silent is asked again, and what it missed comes in its order", async () => {
    const { rig, reporter, collector } = await watching();
    collector.answer = undefined;
    reporter.note({ kind: "playing" });
    await rig.pass(2_500);
    reporter.note({ kind: "waiting" });
    assert.equal(reporter.snapshot[0]?.waiting, 2);
    collector.answer = new Response(null, { status: 204 });
    await rig.pass(8_000);
    assert.deepEqual(
      collector.reports.map(({ sta }) => sta),
      ["p", "p", "r"],
    );
    const { waiting, dropped } = reporter.snapshot[0] ?? assert.fail();
    assert.deepEqual([waiting, dropped], [0, 0]);
  });

  test("that is gone hears no more, and it is counted", async () => {
    const { rig, reporter, collector } = await watching();
    collector.answer = new Response(null, { status: 410 });
    reporter.note({ kind: "playing" });
    await rig.pass(2_500);
    collector.posts.length = 0;
    reporter.note({ kind: "waiting" });
    await rig.pass(60_000);
    assert.deepEqual(collector.posts, []);
    const { state, waiting, dropped } = reporter.snapshot[0] ?? assert.fail();
    assert.deepEqual([state, waiting], ["ended", 0]);
    assert.ok(dropped >= 2);
  });
});

describe("a picture that stands still", () => {
  for (const [bufferMs, states] of [
    [0, ["p", "r"]],
    [499, ["p", "r"]],
    [500, ["p"]],
  ] as const) {
    test(`with ${bufferMs} ms in hand is ${states.length > 1 ? "a stall" : "none"}`, async () => {
      const { rig, reporter, collector } = await watching(TO_COLLECTOR, {
        facts: { ...FACTS, bufferMs },
      });
      reporter.note({ kind: "playing" });
      reporter.note({ kind: "waiting" });
      await rig.pass(2_500);
      assert.deepEqual(
        collector.reports.map(({ sta }) => sta),
        states,
      );
    });
  }
});

describe("the end", () => {
  test("is told at once, with all that waits, by a request that outlives the page", async () => {
    const { reporter, collector } = await watching();
    reporter.note({ kind: "playing" });
    reporter.close();
    assert.deepEqual(
      collector.reports.map(({ sta }) => sta),
      ["p", "q"],
    );
    const { init } = collector.posts[0] ?? assert.fail("nothing was sent");
    assert.deepEqual([init.keepalive, init.priority, init.credentials], [true, "low", "omit"]);
    reporter.close();
    await settled();
    assert.equal(collector.posts.length, 1);
  });

  test("may be near while a body is under way: what waits goes beside it, once", async () => {
    const { rig, reporter, collector } = await watching();
    collector.answer = undefined;
    reporter.note({ kind: "playing" });
    await rig.pass(2_500);
    assert.deepEqual(collector.posts.length, 1);
    reporter.note({ kind: "paused" });
    reporter.hasten();
    reporter.note({ kind: "playing" });
    reporter.hasten();
    assert.deepEqual(
      collector.reports.map(({ sta }) => sta),
      ["p", "a"],
    );
    assert.equal(collector.posts[1]?.init.keepalive, true);
    assert.equal(reporter.snapshot[0]?.waiting, 3);

    collector.posts.length = 0;
    collector.answer = new Response(null, { status: 204 });
    await rig.pass(12_000);
    const states = collector.reports.toSorted(
      (one, other) => Number(one["sn"]) - Number(other["sn"]),
    );
    assert.deepEqual(
      states.map(({ sta }) => sta),
      ["p", "a", "p"],
      "neither was answered, and both come again",
    );
    assert.deepEqual([reporter.snapshot[0]?.waiting, reporter.snapshot[0]?.dropped], [0, 0]);
  });

  test("leaves a target alone that has asked for patience", async () => {
    const { rig, reporter, collector } = await watching();
    collector.answer = new Response(null, { status: 503 });
    reporter.note({ kind: "playing" });
    await rig.pass(2_500);
    collector.posts.length = 0;
    reporter.note({ kind: "paused" });
    reporter.hasten();
    assert.deepEqual(collector.posts, []);
  });

  test("may be near when the page is hidden: nothing waits any longer", async () => {
    const { reporter, collector } = await watching();
    reporter.note({ kind: "playing" });
    reporter.hasten();
    assert.equal(collector.reports.length, 1);
  });
});

test("a session has a name of its own, drawn at random, or the page's", async () => {
  const { rig, reporter, collector } = await watching();
  reporter.note({ kind: "playing" });
  await rig.pass(2_500);
  assert.match(
    String(collector.reports[0]?.["sid"]),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const named = await watching({ ...TO_COLLECTOR, sessionId: "s-1", contentId: "film" });
  named.reporter.note({ kind: "playing" });
  await named.rig.pass(2_500);
  const [{ sid, cid } = {}] = named.collector.reports;
  assert.deepEqual([sid, cid], ["s-1", "film"]);
});
