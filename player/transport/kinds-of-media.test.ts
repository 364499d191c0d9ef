/** What is not simply a file after the other: keys, parts of one file, captions, gaps, separate sound. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EndedAttempt } from "../core/reports/ended-attempt.ts";
import { UnavailableError } from "./delivery.ts";
import { Viewer } from "./viewer.rig.ts";
import { MASTER, ONE, POLICY, Rig, SEGMENT, STEERED, TWO } from "./wire.rig.ts";

const KEY = "http://a/title.key";
const FILE = "http://a/film.mp4";

async function playing(playlist: string): Promise<Rig> {
  const rig = new Rig();
  rig.playlists.set("/low.m3u8", playlist);
  return rig.open();
}

describe("a key", () => {
  const playlist = `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="title.key",IV=0x01\n#EXTINF:2,\n1.m4s\n`;

  test("is fetched from the next pathway when the first hangs", async () => {
    const rig = await playing(playlist);
    rig.set("a", { does: "hang" }, /key$/);
    rig.set("b", { does: "serve", segment: SEGMENT.slice(0, 16) });
    const loading = rig.load(KEY, "key");
    await rig.pass(POLICY.firstByteStartMs + 200);
    const { pathway, body } = await loading;
    assert.equal(pathway, "b");
    assert.deepEqual(new Uint8Array(body), SEGMENT.slice(0, 16));
    assert.equal(rig.all("failover")[0]?.kind, "key");
  });

  for (const [what, sizeBytes] of [
    ["an error page that says 200", 1_000],
    ["nothing", 0],
  ] as const) {
    test(`is not ${what}: another pathway is asked, and the host is not blamed`, async () => {
      const rig = await playing(playlist);
      rig.set("a", { does: "serve", segment: new Uint8Array(sizeBytes) });
      rig.set("b", { does: "serve", segment: SEGMENT.slice(0, 16) });
      const { pathway, body } = await rig.load(KEY, "key");
      assert.equal(pathway, "b");
      assert.equal(body.byteLength, 16);
      assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
    });
  }
});

describe("a key that nobody can serve while media come", () => {
  const playlist = `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="title.key",IV=0x01\n#EXTINF:2,\n1.m4s\n`;

  async function withoutKey() {
    const rig = await playing(playlist);
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "status", status: 503 }, /key$/);
    const controller = new AbortController();
    const key = rig.load(KEY, "key", controller.signal);
    for (let turn = 0; turn < 20; turn += 1) {
      await rig.pass(1_000);
      await rig.load(ONE);
    }
    return { rig, key, controller };
  }
  const states = (rig: Rig) => rig.all("degraded").map(({ state }) => state);

  test("is told once, and that it can be had again", async () => {
    const { rig, key } = await withoutKey();
    assert.deepEqual(states(rig), ["unreachable"]);
    assert.equal(rig.transport.snapshot().degraded, true);
    for (const host of ["a", "b", "c"]) {
      rig.set(host, { does: "serve", segment: SEGMENT.slice(0, 16) });
    }
    await rig.pass(POLICY.retryLongestMs);
    await key;
    assert.deepEqual(states(rig), ["unreachable", "recovered"]);
  });

  test("is missed no more once nobody wants it", async () => {
    const { rig, key, controller } = await withoutKey();
    controller.abort();
    await assert.rejects(key);
    assert.deepEqual(states(rig), ["unreachable"]);
    await rig.load(ONE);
    assert.deepEqual(states(rig), ["unreachable", "recovered"]);
  });
});

describe("a segment that is a range of one file", () => {
  const ranges = [0, 1, 2].map((part) => ({ first: part * 300, last: part * 300 + 299 }));
  const playlist = `#EXTM3U
#EXT-X-MAP:URI="film.mp4",BYTERANGE="100@900"
${ranges.map(({ first }) => `#EXTINF:2,\n#EXT-X-BYTERANGE:300@${first}\nfilm.mp4`).join("\n")}
#EXT-X-ENDLIST
`;

  test("goes on at its own next byte elsewhere, not at the file's", async () => {
    const rig = await playing(playlist);
    rig.set("a", { does: "hang-mid" });
    const loading = rig.load(FILE, "segment", undefined, ranges[1]);
    await rig.pass(POLICY.silenceMs + 300);
    const { body, pathway, begunOn } = await loading;
    assert.deepEqual(new Uint8Array(body), SEGMENT.slice(300, 600));
    assert.deepEqual([begunOn, pathway], ["a", "b"]);
    // Half of 300 had come, and 100 are asked for again to be compared.
    assert.ok(rig.asked.includes("http://b/film.mp4 bytes=350-599"));
  });

  test("plays for as long as that range, and not as the file's last one", async () => {
    const told: EndedAttempt[] = [];
    const rig = new Rig([MASTER], undefined, {}, { onAttempt: (ended) => told.push(ended) });
    const last = playlist.lastIndexOf("#EXTINF:2");
    rig.playlists.set(
      "/low.m3u8",
      playlist.slice(0, last) + playlist.slice(last).replace("2", "1"),
    );
    await rig.open();
    const init = { first: 900, last: 999 };
    for (const range of [init, ...ranges]) await rig.load(FILE, "segment", undefined, range);
    const ofFile = told.filter(({ url }) => url === FILE);
    assert.deepEqual(
      ofFile.map(({ durationMs }) => durationMs),
      [undefined, 2_000, 2_000, 1_000],
    );
  });

  test("could not be decoded: the rest of the file is as good as ever", async () => {
    const rig = await playing(playlist);
    const reject = (part: number, pathway: string) =>
      rig.transport.reject({ url: FILE, range: ranges[part] }, pathway);
    for (const host of ["a", "b", "c"]) reject(0, host);
    await rig.pass(2 * POLICY.avoidSlowFirstMs);
    const [first, second] = [0, 1].map((part) =>
      rig.load(FILE, "segment", undefined, ranges[part]),
    );
    await rig.pass(POLICY.retryLongestMs);
    assert.deepEqual(new Uint8Array((await second)?.body ?? []), SEGMENT.slice(300, 600));
    await assert.rejects(first as Promise<unknown>, UnavailableError);
  });

  test("counts for itself when one host damages all that it sends", async () => {
    const rig = await playing(playlist);
    rig.set("a", { does: "html" });
    for (const range of ranges) await rig.load(FILE, "segment", undefined, range);
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "avoided");
  });

  test("counts as so much of the file when a probe's pace is judged", async () => {
    const rig = await playing(
      `#EXTM3U\n${Array.from({ length: 30 }, (_, part) => `#EXTINF:2,\n#EXT-X-BYTERANGE:21000@${part * 21_000}\nlow/1.m4s`).join("\n")}\n#EXT-X-ENDLIST\n`,
    );
    const file = "http://a/low/1.m4s";
    rig.files.set("/low/1.m4s", new Uint8Array(21_000 * 30));
    await rig.load(file, "segment", undefined, { first: 0, last: 20_999 });
    rig.set("a", { does: "refuse" });
    await rig.load(file, "segment", undefined, { first: 21_000, last: 41_999 });
    rig.set("a", { does: "serve" });
    // Well above what the film needs, but a probe takes longer than its time of grace.
    rig.linkBytesPerSecond = 20_000;
    await rig.pass(10_000);
    assert.equal(rig.transport.snapshot().pathways[0]?.state, "well");
  });
});

test("media that come compressed, which a page cannot see, are longer than they are said to be", async () => {
  const rig = await new Rig().open();
  for (const host of ["a", "b", "c"]) {
    rig.set(host, {
      does: "answer",
      with: ({ body }) => {
        const headers = { "content-length": String(body.length / 2) };
        return Object.defineProperty(new Response(body, { headers }), "type", { value: "cors" });
      },
    });
  }
  const loading = rig.load("http://a/1.m4s");
  await rig.pass(500);
  const { body, pathway } = await loading;
  assert.equal(pathway, "a");
  assert.deepEqual(new Uint8Array(body), rig.goodBody("/1.m4s"));
});

describe("captions", () => {
  test("may be compressed: a length that is not the text's is no fault", async () => {
    const rig = await new Rig().open();
    const answer = () =>
      Promise.resolve(
        new Response("WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n".repeat(20), {
          headers: { "content-length": "90" },
        }),
      );
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "late", answer: answer() });
    const { pathway, body } = await rig.load("http://a/captions/1.vtt", "captions");
    assert.equal(pathway, "a");
    assert.equal(body.byteLength, 38 * 20);
  });

  test("that hang are fetched elsewhere", async () => {
    const rig = await new Rig().open();
    rig.set("a", { does: "hang" });
    const loading = rig.load("http://a/captions/1.vtt", "captions");
    await rig.pass(POLICY.firstByteStartMs + 200);
    assert.equal((await loading).pathway, "b");
  });

  test("that are nowhere are missing, and the picture stays where it is", async () => {
    const rig = await new Rig().open();
    for (const host of ["a", "b", "c"]) rig.set(host, { does: "status", status: 404 }, /captions/);
    const loading = rig.load("http://a/captions/1.vtt", "captions");
    await rig.pass(1_000);
    await assert.rejects(loading, UnavailableError);
    assert.equal((await rig.load(ONE)).pathway, "a");
    assert.deepEqual(rig.names(), []);
  });

  test("that cannot be reached on a host of their own are not told as if nothing could", async () => {
    const subtitles = `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="x",URI="http://subs/x.m3u8"\n`;
    const master = STEERED.replaceAll("STREAM-INF:", 'STREAM-INF:SUBTITLES="text",') + subtitles;
    const rig = await new Rig([MASTER], master).open();
    rig.set("subs", { does: "refuse" });
    const loading = [
      rig.load("http://subs/x.m3u8", "media-playlist"),
      rig.load("http://subs/1.vtt", "captions"),
    ];
    for (let played = 0; played < 10; played += 1) {
      await rig.load(`http://a/low/${played}.m4s`);
      await rig.pass(1_000);
    }
    assert.deepEqual(rig.names(), []);
    rig.set("subs", { does: "serve" });
    await rig.pass(POLICY.retryLongestMs);
    await Promise.all(loading);
  });
});

describe("a gap", () => {
  const playlist =
    "#EXTM3U\n#EXTINF:2,\n1.m4s\n#EXT-X-GAP\n#EXTINF:2,\nmissing.m4s\n#EXTINF:2,\n2.m4s\n#EXT-X-ENDLIST\n";

  test("is never asked for, not even by a probe", async () => {
    const rig = await playing(playlist);
    await rig.load(ONE);
    rig.set("a", { does: "refuse" });
    await rig.load("http://a/init.mp4");
    rig.set("a", { does: "serve" });
    rig.asked.length = 0;
    await rig.pass(1_200);
    const probes = rig.asked.filter((url) => url.includes("bytes="));
    assert.deepEqual(probes, [`${TWO} bytes=0-${POLICY.probeBytes - 1}`]);
  });
});

describe("sound that fails while the picture is well", () => {
  for (const [what, does] of [
    ["hangs", { does: "hang" }],
    ["is refused with 503", { does: "status", status: 503 }],
    ["breaks off", { does: "cut" }],
  ] as const) {
    test(`and ${what} moves the viewer once, until it is well again`, async () => {
      const rig = new Rig();
      // The picture is the larger part, and comes last.
      rig.linkBytesPerSecond = 400_000;
      const viewer = new Viewer(rig);
      viewer.opens();
      await viewer.watches(8);
      rig.set("a", does, /audio/);
      await viewer.watches(40);
      assert.equal(viewer.stalledMs, 0);
      assert.equal(rig.all("failover").length, 1);
      assert.equal(rig.all("failback").length, 0);

      rig.set("a", { does: "serve" });
      await viewer.watches(15);
      assert.equal(viewer.served.at(-1)?.pathway, "a");
      assert.equal(rig.all("failback").length, 1);
      assert.equal(viewer.stalledMs, 0);
    });
  }

  test("and whose live playlist hangs keeps the viewer away too", async () => {
    const rig = new Rig();
    rig.isLive = true;
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(8);
    rig.set("a", { does: "hang" }, /audio\.m3u8/);
    await viewer.watches(40);
    assert.equal(rig.all("failover").length, 1);
    assert.equal(rig.all("failback").length, 0);
    rig.set("a", { does: "serve" });
    await viewer.watches(15);
    assert.equal(viewer.served.at(-1)?.pathway, "a");
    assert.equal(viewer.stalledMs, 0);
  });

  test("in a stream that is no longer played does not keep the viewer away", async () => {
    const rig = new Rig();
    rig.isLive = true;
    const viewer = new Viewer(rig);
    viewer.opens();
    await viewer.watches(8);
    const listed = "http://a/other.m3u8";
    await rig.load(listed, "media-playlist");
    rig.set("a", { does: "hang" }, /other/);
    void rig.load(`http://a/other/${rig.edgeOf("a")}.m4s`);
    await viewer.watches(2);
    assert.notEqual(rig.transport.snapshot().pathways[0]?.state, "well");
    rig.set("a", { does: "serve" });
    await viewer.watches(60);
    assert.equal(viewer.served.at(-1)?.pathway, "a");
  });
});
