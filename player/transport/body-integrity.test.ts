/** What becomes of single bodies that are not what they should be, and of the hosts that sent them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { damagedAt, transportStream } from "../core/body/media.rig.ts";
import { NO_GOOD_STATUS, UnavailableError } from "./delivery.ts";
import { Viewer } from "./viewer.rig.ts";
import { type Behaviour, MASTER, ONE, PLAIN, POLICY, Rig, STEERED } from "./wire.rig.ts";

const HOSTS = ["a", "b", "c"] as const;
const FOUR = "http://a/low/4.m4s";
const KEY = "http://a/key";
const PAGE = new TextEncoder().encode("<html>sign in</html>");

type Change = (body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** Damages what is sent for this path, and only there. */
const spoils = (change: Change, where = /\.m4s$/): Behaviour => ({
  does: "serve",
  changes: (body, path) => (where.test(path) ? change(body) : body),
});
/** Within a NAL unit, where only a digest sees it. */
const inside: Change = (body) => damagedAt(body, body.length - 10);
/** In the size of a box, where our look sees it. */
const outside: Change = (body) => damagedAt(body, 3);

async function titleRig(sources?: readonly string[], master?: string): Promise<Rig> {
  const rig = new Rig(sources, master);
  rig.showsTitle = true;
  await rig.open();
  await rig.load("http://a/low/init.mp4");
  return rig;
}

const hostsOf = (rig: Rig) =>
  rig.asked.map((url) => new URL(url.split(" ")[0] ?? "").host).join("");

describe("a segment that is damaged where only its digest tells", () => {
  test("is fetched elsewhere, and nobody moves for one", async () => {
    const rig = await titleRig();
    rig.tellsDigest = true;
    rig.set("a", spoils(inside));
    const { pathway, body } = await rig.load(FOUR);
    assert.equal(pathway, "b");
    assert.deepEqual(new Uint8Array(body), rig.goodBody("/low/4.m4s"));
    assert.deepEqual(rig.all("rejected"), [
      { pathway: "a", url: FOUR, kind: "segment", reason: "corrupt" },
    ]);
    assert.deepEqual(rig.all("failover"), []);
  });

  test("is handed on where no digest is told: the decoder has to find it", async () => {
    const rig = await titleRig();
    rig.set("a", spoils(inside));
    assert.equal((await rig.load(FOUR)).pathway, "a");
  });

  test("is damaged everywhere: told as that, after a while, and nobody is asked for ever", async () => {
    const rig = await titleRig();
    rig.tellsDigest = true;
    for (const host of HOSTS) rig.set(host, spoils(inside));
    const loading = rig.load(FOUR);
    await rig.pass(POLICY.missingLiveMs - 1_000);
    rig.asked.length = 0;
    await rig.pass(1_000 + POLICY.retryLongestMs);
    await assert.rejects(
      loading,
      (error) => error instanceof UnavailableError && error.status === NO_GOOD_STATUS,
    );
    assert.deepEqual(rig.all("degraded"), []);
  });

  test("comes right before that: it is handed on", async () => {
    const rig = await titleRig();
    rig.tellsDigest = true;
    for (const host of HOSTS) rig.set(host, spoils(inside));
    const loading = rig.load(FOUR);
    await rig.pass(2_000);
    for (const host of HOSTS) rig.set(host, { does: "serve" });
    await rig.pass(POLICY.retryLongestMs);
    assert.deepEqual(new Uint8Array((await loading).body), rig.goodBody("/low/4.m4s"));
  });
});

describe("a body that was begun on one host and finished on another", () => {
  const cutAfter = (afterBytes: number) => ({ does: "cut", afterBytes }) as const;

  test("is asked for once more, whole, if together it is not what it should be", async () => {
    const rig = await titleRig();
    rig.tellsDigest = true;
    const good = rig.goodBody("/low/4.m4s") as Uint8Array;
    // What a begins with is damaged, long before what is compared with the rest from b.
    rig.set("a", { ...cutAfter(20_000), changes: (body) => damagedAt(body, 50) });
    const loading = rig.load(FOUR);
    await rig.pass(1_000);
    const { body, pathway, begunOn } = await loading;
    assert.deepEqual(new Uint8Array(body), good);
    assert.deepEqual([pathway, begunOn], ["b", undefined]);
    assert.deepEqual(
      rig.all("rejected").map(({ reason }) => reason),
      ["other-bytes"],
    );
    assert.equal(rig.transport.snapshot().pathways[1]?.state, "well");
  });

  test("is told of where the bytes differ, and begun anew", async () => {
    const rig = await titleRig();
    rig.set("a", cutAfter(20_000));
    rig.set(
      "b",
      spoils((body) => body.map((byte, at) => (at > 10_000 ? byte ^ 1 : byte))),
    );
    const loading = rig.load(FOUR);
    await rig.pass(1_000);
    assert.deepEqual(new Uint8Array((await loading).body), rig.goodBody("/low/4.m4s"));
    assert.deepEqual(rig.all("rejected")[0], {
      pathway: "b",
      url: "http://b/low/4.m4s",
      kind: "segment",
      reason: "other-bytes",
    });
  });

  test("says so where the rest came from a host that does not say which bytes it sends", async () => {
    const rig = await titleRig();
    rig.set("a", cutAfter(20_000));
    rig.set("b", {
      does: "answer",
      with: ({ range, body }) => {
        const [, first] = /bytes=(\d+)-/.exec(range ?? "") ?? [];
        return first === undefined
          ? undefined
          : new Response(body.slice(Number(first)), { status: 206 });
      },
    });
    const loading = rig.load(FOUR);
    await rig.pass(1_000);
    const { body, pathway, begunOn } = await loading;
    assert.deepEqual(new Uint8Array(body), rig.goodBody("/low/4.m4s"));
    assert.deepEqual([pathway, begunOn], ["b", undefined], "all of it, then");
    assert.deepEqual(rig.all("rejected"), [
      { pathway: "b", url: "http://b/low/4.m4s", kind: "segment", reason: "range-unreadable" },
    ]);
  });
});

describe("a segment that only looks damaged", () => {
  test("on one host is fetched elsewhere", async () => {
    const rig = await titleRig();
    rig.set("a", spoils(outside));
    assert.equal((await rig.load(FOUR)).pathway, "b");
  });

  test("is handed on when two hosts send the same; then looks count no more", async () => {
    const rig = await titleRig();
    for (const host of HOSTS) rig.set(host, spoils(outside));
    const { pathway, body } = await rig.load(FOUR);
    assert.equal(pathway, "b");
    assert.deepEqual(new Uint8Array(body), outside(rig.goodBody("/low/4.m4s") ?? new Uint8Array()));
    rig.asked.length = 0;
    assert.equal((await rig.load("http://a/low/5.m4s")).pathway, "a");
    assert.equal(hostsOf(rig), "a");
  });

  test("on the only host is handed on when it has come three times the same", async () => {
    const rig = await titleRig(["http://a/master.m3u8"], PLAIN);
    rig.asked.length = 0;
    rig.set("a", spoils(outside));
    const loading = rig.load(FOUR);
    await rig.pass(2_000);
    assert.equal((await loading).pathway, "a");
    assert.equal(hostsOf(rig), "aaa");
  });

  test("on two hosts, but not alike: the third has it", async () => {
    const rig = await titleRig();
    rig.set("a", spoils(outside));
    rig.set(
      "b",
      spoils((body) => damagedAt(body, 2)),
    );
    assert.equal((await rig.load(FOUR)).pathway, "c");
  });
});

describe("a host whose objects are no good", () => {
  const load = (rig: Rig, number: number) => rig.load(`http://a/low/${number}.m4s`);

  for (const [what, behaviour, reason] of [
    ["damaged", spoils(outside), "corrupt"],
    ["pages", spoils(() => PAGE), "not-media"],
    ["missing", { does: "status", status: 404 }, "status-4xx"],
  ] as const) {
    test(`${what}: is left at the third of them, and no sooner`, async () => {
      const rig = await titleRig();
      rig.set("a", behaviour);
      for (let number = 1; number < POLICY.badObjectsToBlame; number += 1) {
        assert.equal((await load(rig, number)).pathway, "b");
        assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
      }
      await load(rig, POLICY.badObjectsToBlame);
      assert.equal(rig.transport.snapshot().pathways[0]?.reason, reason);
      rig.asked.length = 0;
      await load(rig, 9);
      assert.equal(hostsOf(rig), "b");
      assert.equal(rig.all("failover")[0]?.reason, reason);
    });
  }

  test("damaged without end: costs a segment every two seconds, and is returned to soon after", async () => {
    const rig = await titleRig();
    rig.set("a", spoils(outside));
    for (let number = 1; number <= POLICY.badObjectsToBlame; number += 1) await load(rig, number);
    rig.requests.length = 0;
    await rig.pass(20_000);
    const looks = rig.requests.filter(({ host, range }) => host === "a" && range === undefined);
    const times = looks.map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    assert.ok(gaps.length >= 8 && gaps.every((gap) => gap === POLICY.quietProbeEveryMs), `${gaps}`);
    rig.set("a", { does: "serve" });
    await rig.pass(POLICY.quietProbeEveryMs + POLICY.dwellMs + POLICY.dwellJitterMs + 1_000);
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
  });

  test("rubbish from the first byte on: a few bytes tell", async () => {
    const rig = await titleRig();
    rig.set(
      "a",
      spoils((body) => body.map((byte) => byte ^ 0xff)),
    );
    for (let number = 1; number <= POLICY.badObjectsToBlame; number += 1) await load(rig, number);
    rig.requests.length = 0;
    await rig.pass(20_000);
    const looks = rig.requests.filter(({ host }) => host === "a");
    assert.ok(looks.length >= 8);
    assert.ok(looks.every(({ sentBytes }) => sentBytes <= POLICY.knockBytes));
    rig.set("a", { does: "serve" });
    await rig.pass(POLICY.quietProbeEveryMs + POLICY.dwellMs + POLICY.dwellJitterMs + 1_000);
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
  });

  test("one of them, asked for again and again, is not the host's fault", async () => {
    const rig = await titleRig();
    rig.set("a", spoils(outside, /\/4\.m4s$/));
    for (let times = 0; times < 6; times += 1) await rig.load(FOUR);
    assert.equal((await load(rig, 5)).pathway, "a");
  });
});

describe("keys", () => {
  async function keyRig(): Promise<Rig> {
    const rig = new Rig();
    rig.playlistLines = ['#EXT-X-KEY:METHOD=AES-128,URI="key"'];
    return await rig.open();
  }
  for (const [what, change, reason] of [
    ["a page", () => PAGE, "not-media"],
    ["too short", (body: Uint8Array<ArrayBuffer>) => body.slice(1), "wrong-length"],
    ["too long", () => new Uint8Array(17), "wrong-length"],
    ["nothing", () => new Uint8Array(), "wrong-length"],
  ] as const) {
    test(`${what}: fetched elsewhere`, async () => {
      const rig = await keyRig();
      rig.set("a", spoils(change, /\/key$/));
      const { body, pathway } = await rig.load(KEY, "key");
      assert.deepEqual([body.byteLength, pathway], [16, "b"]);
      assert.deepEqual(rig.all("rejected"), [{ pathway: "a", url: KEY, kind: "key", reason }]);
    });
  }
});

describe("pages in place of everything, everywhere", () => {
  test("are an outage, as behind a portal: told as that, and over when it is over", async () => {
    const rig = await titleRig();
    for (const host of HOSTS) rig.set(host, { does: "html" });
    const loading = rig.load(FOUR);
    await rig.pass(30_000);
    assert.equal(rig.all("degraded")[0]?.state, "unreachable");
    for (const host of HOSTS) rig.set(host, { does: "serve" });
    await rig.pass(POLICY.retryLongestMs + 500);
    assert.deepEqual(new Uint8Array((await loading).body), rig.goodBody("/low/4.m4s"));
    assert.equal(rig.all("degraded").at(-1)?.state, "recovered");
  });
});

describe("what is no MP4", () => {
  for (const [what, body] of [
    ["packets of MPEG-TS", transportStream(20)],
    ["packed audio", new TextEncoder().encode("ID3\u0004\u0000 and then audio")],
    ["captions", new TextEncoder().encode("WEBVTT\n\n00:01.000 --> 00:02.000\n<i>hm</i>\n")],
    ["anything else", Uint8Array.of(9, 8, 7)],
  ] as const) {
    test(`${what} passes`, async () => {
      const rig = await new Rig().open();
      rig.set("a", { does: "serve", segment: body });
      const delivery = await rig.load(ONE);
      assert.deepEqual(new Uint8Array(delivery.body), body);
      assert.deepEqual(rig.told, []);
    });
  }
});

describe("playlists that say less, or more, than ours", () => {
  const withoutSteering = STEERED.replace(/#EXT-X-CONTENT-STEERING[^\n]*\n/, "");
  const onePathway = `#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="/steer",PATHWAY-ID="a"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="x",URI="http://a/audio.m3u8",PATHWAY-ID="a"
#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a",AUDIO="s"\nhttp://a/low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,PATHWAY-ID="a",AUDIO="s"\nhttp://a/high.m3u8\n`;
  const strange = STEERED.replaceAll(
    "#EXT-X-STREAM-INF:",
    '#EXT-X-NEWER:THAN="us"\n#EXT-X-STREAM-INF:X-ODD="a,b=\'c",NEWER=0x1F,',
  ).replace("#EXTM3U\n", '#EXTM3U\n#EXT-X-CONTENT-STEERING-2:X="y"\n# a remark\n\n');

  for (const [what, master, route] of [
    ["no steering", withoutSteering, "ab"],
    ["unknown tags and attributes", strange, "ab"],
    ["one pathway", onePathway, "a"],
  ] as const) {
    test(`${what}: played, and left where there is somewhere to go`, async () => {
      const rig = new Rig([MASTER], master);
      rig.linkBytesPerSecond = 400_000;
      const viewer = new Viewer(rig);
      viewer.opens();
      await viewer.watches(8);
      rig.set("a", { does: "refuse" });
      await viewer.watches(4);
      if (route === "a") rig.set("a", { does: "serve" });
      await viewer.watches(10);
      assert.equal(viewer.route(), route);
      assert.equal(viewer.stalledMs, 0);
      assert.deepEqual(viewer.failures, []);
      assert.deepEqual(viewer.wrongBodies, []);
    });
  }
});

describe("a segment that the browser could not decode", () => {
  test("comes from elsewhere, and playback with it, until time has passed", async () => {
    const rig = await titleRig();
    assert.equal((await rig.load(FOUR)).pathway, "a");
    assert.equal(rig.transport.reject({ url: FOUR, range: undefined }, "a"), true);
    assert.equal((await rig.load(FOUR)).pathway, "b");
    assert.deepEqual(rig.all("rejected"), [
      { pathway: "a", url: FOUR, kind: "segment", reason: "undecodable" },
    ]);
    assert.equal(rig.all("failover")[0]?.reason, "undecodable");
    await rig.pass(POLICY.avoidSlowFirstMs / 3);
    assert.equal((await rig.load("http://a/low/5.m4s")).pathway, "b");
    await rig.pass(POLICY.avoidSlowFirstMs);
    assert.equal((await rig.load("http://a/low/6.m4s")).pathway, "a");
    assert.equal((await rig.load(FOUR)).pathway, "b", "never again from there");
  });

  test("from anybody is not to be had, and told at once", async () => {
    const rig = await titleRig();
    assert.equal(rig.transport.reject({ url: FOUR, range: undefined }, "a"), true);
    assert.equal(rig.transport.reject({ url: FOUR, range: undefined }, "b"), true);
    assert.deepEqual(
      rig.all("rejected").map(({ url }) => url),
      [FOUR, "http://b/low/4.m4s"],
      "each as it was fetched",
    );
    assert.equal(rig.transport.reject({ url: FOUR, range: undefined }, "c"), false);
    const loading = rig.load(FOUR);
    await rig.pass(POLICY.retryLongestMs);
    await assert.rejects(loading, UnavailableError);
  });

  test("is waited for while those who may have it are down, but not for ever", async () => {
    const rig = await titleRig();
    rig.transport.reject({ url: FOUR, range: undefined }, "a");
    for (const host of ["b", "c"]) rig.set(host, { does: "refuse" });
    const loading = rig.load(FOUR);
    await rig.pass(POLICY.missingLiveMs + POLICY.retryLongestMs);
    await assert.rejects(loading, UnavailableError);
  });

  test("of a title that is no longer played is nobody's", async () => {
    const rig = await titleRig();
    assert.equal(rig.transport.reject({ url: FOUR, range: undefined }, "elsewhere"), false);
    assert.deepEqual(rig.told, []);
  });
});
