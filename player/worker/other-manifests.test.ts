/** Plays that do not begin with a multivariant playlist: an MPD, and a media playlist given directly. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Behaviour, MASTER, settled } from "../transport/wire.rig.ts";
import { UNTOUCHED, WorkerRig } from "./worker.rig.ts";

const MPD = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic">
<BaseURL serviceLocation="a">http://a/</BaseURL><BaseURL serviceLocation="b">http://b/</BaseURL>
<ContentSteering defaultServiceLocation="a" queryBeforeStart="false">/steer</ContentSteering>
<Period><AdaptationSet><SegmentTemplate initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number$.m4s"/></AdaptationSet></Period></MPD>`;

/** With the first of its places elsewhere, and one more. */
const MOVED = MPD.replace("http://a/<", "http://new-a/<").replace(
  "<ContentSteering",
  '<BaseURL serviceLocation="c">http://c/</BaseURL><ContentSteering',
);
const SESSION = "http://steering/session.mpd";

const DAMAGED: Behaviour = { does: "serve", changes: (body) => body.map((byte) => byte ^ 0x5a) };

const isAbout = (path: string) => (asked: string) => asked.includes(path);

async function playingDash(): Promise<WorkerRig> {
  const rig = new WorkerRig([MASTER], MPD);
  rig.wire.showsTitle = true;
  await rig.opens([MASTER]);
  await rig.loads(MASTER);
  return rig;
}

async function bytesOf(answer: Response | typeof UNTOUCHED): Promise<Uint8Array> {
  assert.ok(answer instanceof Response);
  return new Uint8Array(await answer.arrayBuffer());
}

describe("a player of DASH", () => {
  test("sees one place and no steering, which the worker follows instead", async () => {
    const rig = await playingDash();
    const shown = await rig.loads(MASTER);
    assert.match(shown, /<BaseURL>http:\/\/a\/<\/BaseURL>/);
    assert.doesNotMatch(shown, /ContentSteering|http:\/\/b/);
    await rig.loads("http://a/low/1.m4s");
    await rig.wire.pass(200);
    const [asked] = rig.wire.asked.filter(isAbout("/steer?"));
    assert.match(asked ?? "", /steer\?_DASH_pathway=a&_DASH_throughput=\d+$/);
  });
  test("gets a segment from the other place, and is back", async () => {
    const rig = await playingDash();
    await rig.loads("http://a/low/1.m4s");
    rig.wire.set("a", { does: "refuse" });
    await rig.loads("http://a/low/2.m4s");
    assert.ok(rig.wire.asked.includes("http://b/low/2.m4s"));
    rig.wire.set("a", { does: "serve" });
    await rig.wire.pass(8_000);
    await rig.loads("http://a/low/3.m4s");
    await settled();
    assert.deepEqual(rig.names(), ["failover", "failback"]);
  });
  test("on a slow link of its own stays where it is", async () => {
    const rig = await playingDash();
    await rig.loads("http://a/low/1.m4s");
    rig.wire.linkBytesPerSecond = 15_000;
    const answer = rig.asks("http://a/low/2.m4s");
    await rig.wire.pass(8_000);
    assert.deepEqual(await bytesOf(await answer), rig.wire.goodBody("/low/2.m4s"));
    assert.deepEqual(rig.names(), []);
  });
  for (const [what, path] of [
    ["a segment", "/low/2.m4s"],
    ["an initialization section", "/low/init.mp4"],
  ] as const) {
    test(`gets ${what} from the other place if it comes damaged`, async () => {
      const rig = await playingDash();
      await rig.loads("http://a/low/1.m4s");
      rig.wire.set("a", DAMAGED);
      const answer = rig.asks(`http://a${path}`);
      await rig.wire.pass(500);
      assert.deepEqual(await bytesOf(await answer), rig.wire.goodBody(path));
    });
  }
  test("refreshes the MPD without the play beginning anew", async () => {
    const rig = await playingDash();
    await rig.loads("http://a/low/1.m4s");
    rig.wire.set("a", { does: "refuse" });
    await rig.loads("http://a/low/2.m4s");
    assert.match(await rig.loads(MASTER), /<BaseURL>http:\/\/a\/<\/BaseURL>/);
    rig.wire.asked.length = 0;
    await rig.loads("http://a/low/3.m4s");
    assert.deepEqual(rig.wire.asked, ["http://b/low/3.m4s"]);
    assert.deepEqual(rig.names(), ["failover"]);
  });
  test("follows a refreshed MPD to where its media are from now on", async () => {
    const rig = await playingDash();
    await rig.loads("http://a/low/1.m4s");
    rig.wire.master = MOVED;
    assert.match(await rig.loads(MASTER), /<BaseURL>http:\/\/new-a\/<\/BaseURL>/);
    rig.wire.asked.length = 0;
    await rig.loads("http://new-a/low/2.m4s");
    for (const host of ["new-a", "b"]) rig.wire.set(host, { does: "refuse" });
    await rig.loads("http://new-a/low/3.m4s");
    assert.deepEqual(rig.wire.asked, [
      "http://new-a/low/2.m4s",
      "http://new-a/low/3.m4s",
      "http://b/low/3.m4s",
      "http://c/low/3.m4s",
    ]);
  });
  test("knows them after the worker was stopped, too", async () => {
    const rig = await playingDash();
    rig.wire.master = MOVED;
    await rig.loads(MASTER);
    await rig.wire.pass(1_500);
    rig.starts();
    rig.wire.set("new-a", { does: "refuse" });
    rig.wire.asked.length = 0;
    await rig.loads("http://new-a/low/2.m4s");
    assert.equal(rig.wire.asked.at(-1), "http://b/low/2.m4s");
  });
  test("has steering asked no sooner when only its places have changed", async () => {
    const rig = await playingDash();
    await rig.loads("http://a/low/1.m4s");
    await rig.wire.pass(200);
    rig.wire.master = MOVED;
    await rig.loads(MASTER);
    await rig.wire.pass(200);
    assert.equal(rig.wire.asked.filter(isAbout("/steer?")).length, 1);
  });
  test("refreshes the MPD where that says it is from now on", async () => {
    const rig = await playingDash();
    const led = MPD.replace("<Period>", `<Location>${SESSION}</Location><Period>`);
    rig.wire.master = led;
    rig.wire.playlists.set("/session.mpd", led.replaceAll("$Number$.m4s", "$Number$.mp4"));
    await rig.loads(MASTER);
    rig.wire.asked.length = 0;
    const shown = await rig.loads(MASTER);
    assert.deepEqual(rig.wire.asked, [SESSION]);
    assert.match(shown, /Number\$\.mp4/);
    assert.doesNotMatch(shown, /Location/);
  });
  test("is served on by a worker that was stopped", async () => {
    const rig = await playingDash();
    rig.wire.set("a", { does: "refuse" });
    await rig.loads("http://a/low/1.m4s");
    await rig.wire.pass(1_500);
    rig.starts();
    rig.wire.asked.length = 0;
    await rig.loads("http://a/low/2.m4s");
    assert.ok(rig.wire.asked.includes("http://b/low/2.m4s"));
    assert.equal(await rig.asks("http://a/api.json"), UNTOUCHED);
  });
  test("gets no damaged segment from a worker that was stopped", async () => {
    const rig = await playingDash();
    await rig.loads("http://a/low/1.m4s");
    await rig.wire.pass(1_500);
    rig.starts();
    rig.wire.set("a", DAMAGED);
    const answer = rig.asks("http://a/low/2.m4s");
    await rig.wire.pass(500);
    assert.deepEqual(await bytesOf(await answer), rig.wire.goodBody("/low/2.m4s"));
  });
});

describe("a media playlist given directly", () => {
  const sources = ["http://a/low.m3u8", "http://b/low.m3u8"];
  async function playing(): Promise<WorkerRig> {
    const rig = new WorkerRig(sources);
    rig.wire.isLive = true;
    await rig.opens(sources);
    await rig.loads(sources[0] as string);
    return rig;
  }

  test("is refreshed without the play beginning anew", async () => {
    const rig = await playing();
    const number = rig.wire.edgeOf("a");
    rig.wire.set("a", { does: "refuse" });
    await rig.loads(`http://a/low/${number}.m4s`);
    await rig.loads(sources[0] as string);
    assert.deepEqual(rig.wire.asked.slice(-2), [`http://b/low/${number}.m4s`, sources[1]]);
    assert.deepEqual(rig.names(), ["failover"]);
  });
  test("that another source gives names its segments in full", async () => {
    const rig = new WorkerRig(sources);
    rig.wire.set("a", { does: "refuse" });
    await rig.opens(sources);
    assert.match(await rig.loads(sources[0] as string), /\nhttp:\/\/b\/low\/0\.m4s\n/);
    assert.notEqual(await rig.asks("http://b/low/0.m4s"), UNTOUCHED);
  });
});
