import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Behaviour, MASTER, ONE, SEGMENT, settled, TWO } from "../transport/wire.rig.ts";
import { PAGE, UNTOUCHED, WorkerRig } from "./worker.rig.ts";

const LOW = "http://a/low.m3u8";
const OTHER_PAGE = "page-2";

/** A page whose player has read the multivariant playlist and a media playlist. */
async function playing(): Promise<WorkerRig> {
  const rig = new WorkerRig();
  await rig.opens([MASTER]);
  await rig.loads(MASTER);
  await rig.loads(LOW);
  rig.wire.asked.length = 0;
  return rig;
}

async function bytesOf(answer: Promise<Response | typeof UNTOUCHED>): Promise<Uint8Array> {
  const response = await answer;
  assert.notEqual(response, UNTOUCHED);
  return new Uint8Array(await (response as Response).arrayBuffer());
}

describe("a page that opens a play", () => {
  test("is controlled, told so, and answered", async () => {
    const rig = new WorkerRig();
    await rig.opens([MASTER]);
    assert.equal(rig.claims, 1);
    assert.deepEqual(
      rig.told.map(({ page, message }) => [page, message.understudy]),
      [[PAGE, "opened"]],
    );
  });
  test("sees one pathway and no steering", async () => {
    const rig = new WorkerRig();
    await rig.opens([MASTER]);
    const shown = await rig.loads(MASTER);
    assert.match(shown, /http:\/\/a\/low\.m3u8/);
    assert.doesNotMatch(shown, /STEERING|PATHWAY|http:\/\/b/);
  });
  test("never learns from a response who answered", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    const response = (await rig.asks(LOW)) as Response;
    assert.equal(response.url, "");
    assert.equal(response.type, "default");
  });
  test("hears of steering and of what became of the play", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(ONE);
    await settled();
    assert.deepEqual(rig.names(), ["failover"]);
  });
});

describe("what passes untouched", () => {
  for (const [what, url, init] of [
    ["what no playlist has named", "http://a/api.json", {}],
    ["a request that changes something", ONE, { method: "POST" }],
    ["a range without an end", ONE, { headers: { range: "bytes=7-" } }],
  ] as const) {
    test(what, async () => {
      const rig = await playing();
      assert.equal(await rig.asks(url, init), UNTOUCHED);
    });
  }
  test("everything of a page that has opened nothing", async () => {
    const rig = await playing();
    assert.equal(await rig.asks(ONE, {}, OTHER_PAGE), UNTOUCHED);
    assert.equal(await rig.asks(MASTER, {}, OTHER_PAGE), UNTOUCHED);
  });
  test("everything of a play that is closed, and what was under way still comes", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "hang" });
    const underWay = rig.asks(ONE);
    await settled();
    await rig.says({ understudy: "close", id: "one" });
    assert.equal(await rig.asks(TWO), UNTOUCHED);
    await rig.wire.pass(2_000);
    assert.deepEqual(await bytesOf(underWay), SEGMENT);
  });
  test("words that are not for it", async () => {
    const rig = await playing();
    for (const words of [null, "open", { type: "SKIP_WAITING" }, { understudy: 1 }]) {
      await rig.says(words);
    }
    await rig.says({ understudy: "close", id: "one" }, null);
    await rig.says({ understudy: "close", id: "one" }, OTHER_PAGE);
    assert.deepEqual(await bytesOf(rig.asks(ONE)), SEGMENT);
  });
});

describe("a page whose player was given another URL than the sources", () => {
  const STRAY = "http://other/film.m3u8?token=1";
  const straysOf = (rig: WorkerRig) =>
    rig.told.flatMap(({ page, message }) =>
      message.understudy === "stray" ? [[page, message.id, message.url]] : [],
    );

  test("is told once for each play that nobody has asked for anything", async () => {
    const rig = new WorkerRig();
    await rig.opens([MASTER]);
    await rig.opens([MASTER], { id: "two", page: OTHER_PAGE });
    assert.equal(await rig.asks(STRAY), UNTOUCHED);
    assert.equal(await rig.asks("http://other/film.MPD"), UNTOUCHED);
    await settled();
    assert.deepEqual(straysOf(rig), [[PAGE, "one", STRAY]]);
  });

  test("is told nothing of what is no manifest, nor once the play has begun", async () => {
    const rig = new WorkerRig();
    await rig.opens([MASTER]);
    await rig.asks("http://other/1.m4s");
    await rig.loads(MASTER);
    await rig.asks(STRAY);
    await settled();
    assert.deepEqual(straysOf(rig), []);
  });

  test("is told nothing where another of its plays has that manifest, nor of a play that is closed", async () => {
    const rig = new WorkerRig();
    await rig.opens([MASTER]);
    await rig.opens(["http://b/master.m3u8"], { id: "two" });
    await rig.loads(MASTER);
    await rig.says({ understudy: "close", id: "two" });
    await rig.asks(STRAY);
    await settled();
    assert.deepEqual(straysOf(rig), []);
  });

  test("is told nothing by a worker that goes on with a play which another one had begun", async () => {
    const rig = await playing();
    await rig.wire.pass(2_000);
    rig.starts();
    await rig.asks("http://other/1.m4s");
    await rig.asks(STRAY);
    await settled();
    assert.deepEqual(straysOf(rig), []);
  });
});

describe("a player under a fault", () => {
  for (const [how, behaviour, withinMs] of [
    ["refuses connections", { does: "refuse" }, 0],
    ["never answers", { does: "hang" }, 1_500],
    ["falls silent in mid-body", { does: "hang-mid", afterBytes: 600 }, 1_500],
    ["breaks off in mid-body", { does: "cut", afterBytes: 600 }, 0],
  ] as const) {
    test(`of a host that ${how} gets the whole body`, async () => {
      const rig = await playing();
      rig.wire.set("a", behaviour);
      const answer = rig.asks(ONE);
      await rig.wire.pass(withinMs);
      assert.deepEqual(await bytesOf(answer), SEGMENT);
      assert.equal(((await answer) as Response).headers.get("content-length"), "1000");
    });
  }
  test("asks for a range and gets just that, told as such", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "cut", afterBytes: 200 });
    const response = (await rig.asks(ONE, { headers: { range: "bytes=100-599" } })) as Response;
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("content-range"), "bytes 100-599/1000");
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), SEGMENT.slice(100, 600));
    assert.deepEqual(rig.wire.asked, [`${ONE} bytes=100-599`, "http://b/1.m4s bytes=200-599"]);
  });
  test("of a host that sends pages in place of media gets the media", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "html" });
    assert.deepEqual(await bytesOf(rig.asks(ONE)), SEGMENT);
  });
  test("gets captions that come compressed, which a page cannot see", async () => {
    const rig = await playing();
    rig.wire.playlists.set("/low.m3u8", "#EXTM3U\n#EXTINF:2,\n1.vtt\n#EXT-X-ENDLIST\n");
    await rig.loads(LOW);
    const captions = "WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n";
    rig.wire.files.set("/1.vtt", new TextEncoder().encode(captions));
    const headers = { "content-length": "20" };
    for (const host of ["a", "b", "c"]) {
      rig.wire.set(host, { does: "answer", with: () => new Response(captions, { headers }) });
    }
    const answer = rig.loads("http://a/1.vtt");
    await rig.wire.pass(500);
    assert.equal(await answer, captions);
  });
  test("of an object that exists nowhere hears what it would have heard", async () => {
    const rig = await playing();
    for (const host of ["a", "b", "c"]) rig.wire.set(host, { does: "status", status: 404 });
    const answer = rig.asks(ONE);
    await rig.wire.pass(2_000);
    assert.equal(((await answer) as Response).status, 404);
  });
  test("that gives up stops what is under way for it", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "hang" });
    const player = new AbortController();
    const answer = rig.asks(ONE, { signal: player.signal });
    await settled();
    player.abort();
    await assert.rejects(answer);
    await rig.wire.pass(5_000);
    assert.deepEqual(
      rig.wire.asked.filter((url) => !url.includes("/steer")),
      [ONE],
    );
  });
  test("that asks again for what is under way gets that", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "hang-mid", afterBytes: 600 });
    const [one, other] = [rig.asks(ONE), rig.asks(ONE)];
    await rig.wire.pass(1_500);
    assert.deepEqual([await bytesOf(one), await bytesOf(other)], [SEGMENT, SEGMENT]);
    assert.equal(rig.wire.asked.filter((asked) => asked.startsWith(ONE)).length, 1);
  });
  test("that can reach nobody hears so in the end", async () => {
    const rig = await playing();
    for (const host of ["a", "b", "c"]) rig.wire.set(host, { does: "hang" });
    const answer = rig.asks(ONE);
    await rig.wire.pass(29_900);
    assert.equal(await Promise.race([answer, settled().then(() => "waits")]), "waits");
    await rig.wire.pass(400);
    assert.equal(((await answer) as Response).status, 504);
  });
  test("is back on the host that has recovered", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(ONE);
    rig.wire.set("a", { does: "serve" });
    await rig.wire.pass(8_000);
    rig.wire.asked.length = 0;
    await rig.loads(TWO);
    await settled();
    // A part of it was brought by probes.
    assert.deepEqual(rig.wire.asked, [`${TWO} bytes=900-`]);
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });
});

describe("a body that takes its time", () => {
  const SEVEN = "/low/7.m4s";
  const url = `http://a${SEVEN}`;

  /** A segment of the lower rendition takes a second, of which a bit is over. */
  async function beginning(behaviour: Behaviour = { does: "serve" }) {
    const rig = new WorkerRig();
    rig.wire.showsTitle = true;
    await rig.opens([MASTER]);
    await rig.loads(MASTER);
    await rig.loads(LOW);
    await rig.loads("http://a/low/init.mp4");
    rig.wire.asked.length = 0;
    rig.wire.linkBytesPerSecond = 42_000;
    rig.wire.set("a", behaviour);
    const answer = rig.asks(url);
    await rig.wire.pass(300);
    return { rig, answer, good: rig.wire.goodBody(SEVEN) as Uint8Array };
  }
  const isThere = (coming: Promise<unknown>) =>
    Promise.race([coming.then(() => true), settled().then(() => false)]);

  test("is announced with its first byte, and given out when it is whole", async () => {
    const { rig, answer, good } = await beginning();
    const response = (await answer) as Response;
    assert.equal(response.headers.get("content-length"), String(good.length));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    assert.deepEqual([...((await reader.read()).value ?? [])], [good[0]]);
    const reading = reader.read();
    assert.equal(await isThere(reading), false);
    await rig.wire.pass(1_000);
    assert.deepEqual((await reading).value, good.subarray(1));
  });
  test("is the same body if it ends on another host", async () => {
    const { rig, answer, good } = await beginning();
    assert.ok(await isThere(answer));
    rig.wire.set("a", { does: "hang" });
    await rig.wire.pass(3_000);
    assert.deepEqual(await bytesOf(answer), good);
  });
  test("is the good one if it was announced as a shorter one, that was none", async () => {
    const half = (body: Uint8Array<ArrayBuffer>) => body.slice(0, body.length / 2);
    const { rig, answer, good } = await beginning({ does: "serve", changes: half });
    assert.ok(await isThere(answer));
    await rig.wire.pass(3_000);
    assert.deepEqual(await bytesOf(answer), good);
  });
  test("is not announced if it begins as none of its kind does", async () => {
    const wrong = (body: Uint8Array<ArrayBuffer>) => body.map((byte) => byte ^ 0xff);
    const { rig, answer, good } = await beginning({ does: "serve", changes: wrong });
    assert.equal(await isThere(answer), false);
    await rig.wire.pass(3_000);
    assert.deepEqual(await bytesOf(answer), good);
  });
  test("is not waited for once the player turns away", async () => {
    const { rig, answer } = await beginning();
    rig.wire.set("a", { does: "hang" });
    await ((await answer) as Response).body?.cancel();
    rig.wire.asked.length = 0;
    await rig.wire.pass(5_000);
    assert.equal(rig.wire.asked.filter((asked) => asked.endsWith(SEVEN)).length, 0);
  });
});

describe("how the page makes its requests", () => {
  test("is how the worker makes them, to whichever host, probes too", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    rig.requests.length = 0;
    await rig.loads(ONE, { credentials: "include", headers: { "x-ticket": "7" } });
    assert.deepEqual(
      rig.requests.map(({ credentials, headers }) => [credentials, headers]),
      [
        ["include", { "x-ticket": "7" }],
        ["include", { "x-ticket": "7" }],
      ],
    );
    rig.requests.length = 0;
    await rig.wire.pass(1_500);
    const probe = rig.requests.find(({ headers }) => new Headers(headers).has("range"));
    assert.equal(probe?.credentials, "include");
    assert.equal(new Headers(probe?.headers).get("x-ticket"), "7");
  });
  test("is how it reads a playlist again that has stood still", async () => {
    const rig = new WorkerRig();
    rig.wire.isLive = true;
    await rig.opens([MASTER]);
    const manner: RequestInit = {
      credentials: "include",
      headers: { "x-ticket": "7", "if-none-match": '"1"', "cmcd-request": "su" },
    };
    await rig.loads(MASTER, manner);
    for (let second = 0; second < 12; second += 2) {
      if (second === 4) rig.wire.freeze("a");
      void rig.asks(LOW, manner);
      await rig.wire.pass(2_000);
      void rig.asks(`http://a/low/${rig.wire.edgeOf("b")}.m4s`, manner);
    }
    rig.requests.length = 0;
    rig.wire.asked.length = 0;
    await rig.wire.pass(2_000);
    const place = rig.wire.asked.indexOf(LOW);
    const { credentials, headers } = rig.requests[place] ?? {};
    assert.deepEqual([credentials, headers], ["include", { "x-ticket": "7" }]);
  });
  test("is not how it asks steering", async () => {
    const rig = new WorkerRig();
    await rig.opens([MASTER]);
    await rig.loads(MASTER, { credentials: "include", headers: { "x-ticket": "7" } });
    await rig.wire.pass(500);
    const place = rig.wire.asked.findIndex((url) => url.startsWith("http://steering/steer"));
    const { credentials, headers } = rig.requests[place] ?? assert.fail("not asked");
    assert.deepEqual([credentials, headers], [undefined, undefined]);
  });
});

test("what the player reports with the manifest is not taken for another title", async () => {
  const rig = new WorkerRig();
  await rig.opens([MASTER]);
  assert.match(await rig.loads(`${MASTER}?CMCD=ot%3Dm`), /^#EXTM3U/);
  assert.deepEqual(rig.wire.asked, [`${MASTER}?CMCD=ot%3Dm`]);
  assert.match(await rig.loads(LOW), /^#EXTM3U/);
});

test("of a playlist that is reloaded part by part one is kept", async () => {
  const rig = await playing();
  for (let part = 0; part < 20; part += 1) await rig.loads(`${LOW}?_HLS_msn=1&_HLS_part=${part}`);
  await rig.wire.pass(5_000);
  assert.deepEqual(await rig.storedPlaylists(), [LOW]);
});

test("what the player reports of a request goes along, to whichever host", async () => {
  const rig = await playing();
  rig.wire.set("a", { does: "refuse" });
  await rig.loads(`${ONE}?CMCD=bl%3D2000`);
  assert.deepEqual(rig.wire.asked, [`${ONE}?CMCD=bl%3D2000`, "http://b/1.m4s?CMCD=bl%3D2000"]);
});

describe("two pages", () => {
  test("with one title each have a record of their own", async () => {
    const rig = await playing();
    rig.pages.add(OTHER_PAGE);
    await rig.opens([MASTER], { page: OTHER_PAGE, id: "two" });
    await rig.loads(MASTER, {}, OTHER_PAGE);
    await rig.loads(LOW, {}, OTHER_PAGE);
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(ONE);
    await settled();
    assert.deepEqual([rig.names(), rig.names(OTHER_PAGE)], [["failover"], []]);
  });
  test("of which one has long gone: what it played is forgotten with the next play", async () => {
    const rig = await playing();
    rig.pages.delete(PAGE);
    rig.pages.add(OTHER_PAGE);
    await rig.wire.pass(600_000);
    await rig.opens([MASTER], { page: OTHER_PAGE, id: "two" });
    assert.equal(await rig.asks(ONE), UNTOUCHED);
  });
  test("of which one is left and gone back to: it plays on", async () => {
    const rig = await playing();
    rig.pages.delete(PAGE);
    rig.pages.add(OTHER_PAGE);
    await rig.opens([MASTER], { page: OTHER_PAGE, id: "two" });
    rig.pages.add(PAGE);
    assert.deepEqual(await bytesOf(rig.asks(ONE)), SEGMENT);
  });
  test("of which many were left makes room by forgetting those, and not who is there", async () => {
    const rig = await playing();
    for (let page = 0; page < 40; page += 1) {
      const left = `left-${page}`;
      rig.pages.add(left);
      await rig.opens([MASTER], { page: left, id: left });
      rig.pages.delete(left);
    }
    assert.deepEqual(await bytesOf(rig.asks(ONE)), SEGMENT);
  });
});

describe("a worker that was stopped", () => {
  test("answers the next one's requests by what it had known", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(ONE);
    await rig.wire.pass(2_000);
    rig.starts();
    rig.wire.asked.length = 0;
    assert.deepEqual(await bytesOf(rig.asks(TWO)), SEGMENT);
    assert.deepEqual(rig.wire.asked, ["http://b/2.m4s"]);

    rig.wire.set("a", { does: "serve" });
    await rig.wire.pass(8_000);
    await rig.loads(ONE);
    await settled();
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });
  test("has not forgotten for how long a host has been avoided", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(ONE);
    await rig.wire.pass(2_000);
    await rig.wire.pass(60_000);
    rig.starts();
    rig.wire.set("a", { does: "serve" });
    await rig.loads(TWO);
    await rig.wire.pass(8_000);
    await rig.loads(ONE);
    await settled();
    const failback = rig.told.find(
      ({ message }) => message.understudy === "event" && message.name === "failback",
    );
    assert.ok(failback !== undefined);
    const { message } = failback;
    assert.ok(message.understudy === "event" && message.name === "failback");
    assert.ok(message.detail.awayMs > 62_000, String(message.detail.awayMs));
  });
  test("lets pass what is nobody's, once it has looked", async () => {
    const rig = await playing();
    rig.starts();
    const answer = await rig.asks("http://a/api.json");
    assert.notEqual(answer, UNTOUCHED);
    assert.equal(await rig.asks("http://a/api.json"), UNTOUCHED);
  });
  test("asks the page to open anew what it has never heard of", async () => {
    const rig = new WorkerRig();
    await rig.says({ understudy: "buffer", id: "lost", seconds: 1, rate: 1 });
    assert.deepEqual(rig.told.at(-1)?.message, { understudy: "unknown", id: "lost" });
  });
  test("and could keep nothing costs no play", async () => {
    const rig = new WorkerRig();
    rig.isStoreBroken = true;
    await rig.opens([MASTER]);
    await rig.loads(MASTER);
    await rig.loads(LOW);
    assert.deepEqual(await bytesOf(rig.asks(ONE)), SEGMENT);
  });
});

describe("the worker's loop", () => {
  test("runs on for a while and then lets the worker go", async () => {
    const rig = await playing();
    assert.notEqual(rig.lasting.size, 0);
    await rig.wire.pass(5_500);
    assert.equal(rig.lasting.size, 0);
  });
  test("keeps no event open for long, however long there is something to probe", async () => {
    const rig = await playing();
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(ONE);
    await rig.wire.pass(19_000);
    assert.notEqual(rig.lasting.size, 0);
    await rig.wire.pass(1_500);
    assert.equal(rig.lasting.size, 0);
  });
  test("does not take its rest for a sleep of the machine", async () => {
    const rig = await playing();
    await rig.loads(ONE);
    await rig.wire.pass(20_000);
    rig.wire.requests.length = 0;
    rig.wire.set("a", { does: "hang" });
    for (const number of [5, 6]) {
      const answer = rig.asks(`http://a/low/${number}.m4s`);
      await rig.wire.pass(2_000);
      assert.notEqual(await bytesOf(answer), undefined);
    }
    const asked = rig.wire.requests.filter(({ url }) => url.endsWith(".m4s"));
    assert.deepEqual(
      asked.filter(({ range }) => range === undefined).map(({ url }) => url),
      ["http://a/low/5.m4s", "http://b/low/5.m4s", "http://b/low/6.m4s"],
    );
  });
  test("goes on for what is asked while it writes what it knows", async () => {
    const rig = await playing();
    const writing = Promise.withResolvers<void>();
    rig.storing = writing.promise;
    await rig.wire.pass(20_000);
    rig.wire.set("a", { does: "hang" });
    const answer = rig.asks(ONE);
    await settled();
    rig.storing = Promise.resolve();
    writing.resolve();
    await rig.wire.pass(3_000);
    assert.deepEqual(await bytesOf(answer), SEGMENT);
  });
  test("probes only with media in hand, by what the page says", async () => {
    const probesIn = async (seconds: number) => {
      const rig = await playing();
      await rig.says({ understudy: "buffer", id: "one", seconds, rate: 0 });
      rig.wire.set("a", { does: "refuse" });
      await rig.loads(ONE);
      rig.wire.asked.length = 0;
      await rig.wire.pass(1_200);
      return rig.wire.asked.filter((asked) => asked.includes("bytes=0-")).length;
    };
    assert.equal(await probesIn(1), 0);
    assert.equal(await probesIn(8), 1);
  });
});
