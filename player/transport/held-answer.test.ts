/** A low-latency server holds an answer until there is something to say: that is no silence. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ONE, POLICY, Rig } from "./wire.rig.ts";

const LOW = "http://a/low.m3u8";
const NEXT = `${LOW}?_HLS_msn=9&_HLS_part=1`;
const NEXT_SEGMENT = `${LOW}?_HLS_msn=9`;
const HINT = "http://a/8.2.m4s";
const LOW_LATENCY = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5
#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-MEDIA-SEQUENCE:7
#EXTINF:2,
7.m4s
#EXT-X-PART:DURATION=0.5,URI="8.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.5,URI="8.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="8.2.m4s"
`;

async function live(): Promise<Rig> {
  const rig = new Rig();
  rig.playlists.set("/low.m3u8", LOW_LATENCY);
  await rig.open();
  // By now it is known to be quick.
  for (let times = 0; times < 5; times += 1) await rig.load(ONE);
  rig.asked.length = 0;
  return rig;
}

/** Without steering, and without what is read of the other pathways to know them by. */
const asked = (rig: Rig) =>
  rig.asked.filter((url) => !url.includes("/steer") && !/\/[bc]\/\w+\.m3u8$/.test(url));

/** The host answers after so long. */
function holdsFor(rig: Rig, host: string, ms: number, body: string | Uint8Array): void {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const dueMs = rig.nowMs + ms;
  rig.onStep = () => {
    if (rig.nowMs >= dueMs) resolve(new Response(typeof body === "string" ? body : body.slice()));
  };
  rig.set(host, { does: "late", answer: promise });
}

describe("a playlist that is asked for before it exists", () => {
  for (const [what, url, ms] of [
    ["up to three parts", NEXT, 1_500],
    ["a segment and a half", NEXT_SEGMENT, 3_000],
  ] as const) {
    test(`may be held for ${what}`, async () => {
      const rig = await live();
      holdsFor(rig, "a", ms, LOW_LATENCY);
      const loading = rig.load(url, "media-playlist");
      await rig.pass(ms + 200);
      assert.equal((await loading).pathway, "a");
      assert.deepEqual(asked(rig), [url]);
      assert.deepEqual(rig.names(), []);
    });
  }

  test("is asked of another once it is overdue, with what it asks for", async () => {
    const rig = await live();
    rig.set("a", { does: "hang" });
    const loading = rig.load(NEXT, "media-playlist");
    await rig.pass(1_500 + POLICY.firstByteFloorMs + 200);
    assert.equal((await loading).pathway, "b");
    assert.equal(asked(rig)[1], NEXT.replace("//a", "//b"));
    assert.equal(rig.all("failover")[0]?.reason, "no-first-byte");
  });

  test("says nothing about how quickly the host answers", async () => {
    const rig = await live();
    const before = rig.transport.snapshot().pathways[0]?.firstByteMs;
    for (let times = 0; times < 5; times += 1) {
      holdsFor(rig, "a", 1_000, LOW_LATENCY);
      const loading = rig.load(NEXT, "media-playlist");
      await rig.pass(1_200);
      await loading;
    }
    assert.equal(rig.transport.snapshot().pathways[0]?.firstByteMs, before);
  });

  test("is not waited for long where its host has failed otherwise", async () => {
    const rig = await live();
    rig.set("a", { does: "hang" });
    const loading = rig.load(NEXT, "media-playlist");
    await rig.pass(400);
    rig.set("a", { does: "refuse" });
    await rig.load(ONE);
    await rig.pass(200);
    assert.equal((await loading).pathway, "b");
  });

  test("is still waited for when another host has recovered", async () => {
    const rig = await live();
    rig.set("b", { does: "refuse" });
    rig.set("a", { does: "status", status: 503 });
    await rig.load(ONE);
    rig.set("a", { does: "serve" });
    await rig.pass(1_500);
    holdsFor(rig, "c", 1_400, LOW_LATENCY);
    rig.asked.length = 0;
    const loading = rig.load(NEXT, "media-playlist");
    await rig.pass(3_000);
    assert.equal((await loading).pathway, "c");
    assert.equal(asked(rig).filter((url) => url.includes("_HLS_msn")).length, 1);
  });

  test("that the player drops says nothing against the host", async () => {
    const rig = await live();
    rig.set("a", { does: "hang" });
    const controller = new AbortController();
    const dropped = rig.load(NEXT, "media-playlist", controller.signal);
    await rig.pass(900);
    controller.abort();
    await assert.rejects(dropped);
    rig.asked.length = 0;
    void rig.load(ONE);
    await rig.pass(POLICY.firstByteFloorMs - 200);
    assert.deepEqual(asked(rig), [ONE]);
  });
});

describe("a part that a playlist hints at", () => {
  test("may be held until it exists", async () => {
    const rig = await live();
    holdsFor(rig, "a", 1_400, new Uint8Array(500));
    const loading = rig.load(HINT);
    await rig.pass(1_600);
    assert.equal((await loading).pathway, "a");
    assert.deepEqual(rig.names(), []);
  });

  test("and that is nowhere yet is waited for, and nobody is blamed", async () => {
    const rig = await live();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "status", status: 404 });
    const loading = rig.load(HINT);
    await rig.pass(600);
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "serve" });
    await rig.pass(1_500);
    assert.equal((await loading).pathway, "a");
    assert.deepEqual(rig.names(), []);
  });
});

test("parts count as media: what is probed is the stream that is playing", async () => {
  const rig = await live();
  await rig.load("http://a/8.0.m4s");
  rig.set("a", { does: "refuse" });
  await rig.load("http://a/8.1.m4s");
  rig.set("a", { does: "serve" });
  rig.asked.length = 0;
  await rig.pass(1_200);
  assert.deepEqual(asked(rig), [`http://a/7.m4s bytes=0-${POLICY.probeBytes - 1}`]);
});
