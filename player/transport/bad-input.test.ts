/**
 * Hosts that answer in time and with the wrong thing. Whatever it is, nobody sees a wrong byte, the
 * picture does not stop while another host is good, and the page is told what was wrong.
 */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { PlayerEvents } from "../contract/player-events.ts";
import { damagedAt } from "../core/body/media.rig.ts";
import { Viewer } from "./viewer.rig.ts";
import { type AskedFor, type Behaviour, Rig } from "./wire.rig.ts";

type Answer = (asked: AskedFor) => Response | undefined;
/** Everything that was told, failovers by their reason and bodies that were rejected by theirs. */
type Told = PlayerEvents["rejected"]["reason"];

const PAGE = "<!DOCTYPE html><title>Sorry</title>";
const isMedia = ({ path }: AskedFor) => /\.m[4p][s4]$/.test(path);
const isSegment = ({ path }: AskedFor) => path.endsWith(".m4s");
const isPlaylist = ({ path }: AskedFor) => path.endsWith(".m3u8");
const when = (
  is: (asked: AskedFor) => boolean,
  answer: (asked: AskedFor) => Response,
): Behaviour => ({
  does: "answer",
  with: ((asked) => (is(asked) ? answer(asked) : undefined)) satisfies Answer,
});
const sized = (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, status = 200) =>
  new Response(body, { status, headers: { "content-length": String(body.length), ...headers } });
/** What was asked for, of which not all is sent. */
function shortened({ body, range }: AskedFor): Response {
  const [, first = "0", last = body.length - 1] = /bytes=(\d+)-(\d*)/.exec(range ?? "") ?? [];
  const part = body.slice(Number(first), Number(last) + 1);
  const place = `bytes ${first}-${Number(first) + part.length - 1}/${body.length}`;
  const headers = { "content-length": String(part.length), "content-range": place };
  return sized(part.slice(0, -9), headers, range === null ? 200 : 206);
}
const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

/** Never ends: at once as fast as it is read, or so many bytes with every moment that passes. */
function endless({ signal }: AskedFor, rig: Rig, bytesPerStep: number | undefined): Response {
  let atMs = rig.nowMs;
  return new Response(
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        while (bytesPerStep !== undefined && rig.nowMs === atMs && signal?.aborted !== true) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        atMs = rig.nowMs;
        if (signal?.aborted === true) controller.error(new DOMException("aborted", "AbortError"));
        else controller.enqueue(new Uint8Array(bytesPerStep ?? 1_000_000));
      },
    }),
  );
}

/** In the order of the section "Bad input" of what was asked for. */
const CASES: readonly (readonly [what: string, bad: (rig: Rig) => Behaviour, told: Told])[] = [
  ["pages that say 200, for everything", () => ({ does: "html" }), "not-media"],
  ["pages that say 200, for media", () => when(isMedia, () => new Response(PAGE)), "not-media"],
  [
    "pages that say 200, for playlists",
    () => when(isPlaylist, () => new Response(PAGE)),
    "not-a-playlist",
  ],
  [
    "another range than the one asked for",
    () =>
      when(isSegment, ({ body }) =>
        sized(body.slice(7), { "content-range": `bytes 7-${body.length - 1}/${body.length}` }, 206),
      ),
    "wrong-range",
  ],
  [
    "bodies that are cut, and say that they are whole",
    () => when(isSegment, ({ body }) => sized(body.slice(0, -9))),
    "corrupt",
  ],
  [
    "more than they say",
    () => when(isSegment, ({ body }) => sized(body, { "content-length": String(body.length - 9) })),
    "wrong-length",
  ],
  ["less than they say", () => when(isSegment, shortened), "truncated"],
  [
    "a body without an end, quickly",
    (rig) => when(isSegment, (asked) => endless(asked, rig, undefined)),
    "wrong-length",
  ],
  [
    "a body without an end, slowly",
    (rig) => when(isSegment, (asked) => endless(asked, rig, 1_000)),
    "too-slow",
  ],
  [
    "a playlist without an end",
    (rig) => when(isPlaylist, (asked) => endless(asked, rig, undefined)),
    "wrong-length",
  ],
  [
    "a part of an encoded body",
    () =>
      when(isSegment, ({ body }) => {
        const encoded = new Uint8Array(gzipSync(body));
        const range = `bytes 0-${encoded.length - 1}/${encoded.length}`;
        return sized(body, { "content-encoding": "gzip", "content-range": range }, 206);
      }),
    "wrong-range",
  ],
  [
    "redirects to dead hosts, or what this page may not read",
    () => ({ does: "refuse" }),
    "refused",
  ],
  ["nothing, and 200", () => when(isSegment, () => sized(new Uint8Array())), "wrong-length"],
  ["204", () => when(isSegment, () => new Response(null, { status: 204 })), "wrong-range"],
  [
    "304 to a question without a condition",
    () => when(isSegment, () => new Response(null, { status: 304 })),
    "wrong-range",
  ],
  [
    "segments with a damaged head",
    () => when(isSegment, ({ body }) => sized(damagedAt(body, 5, 0x80))),
    "corrupt",
  ],
  [
    "segments with a damaged length",
    () => when(isSegment, ({ body }) => sized(damagedAt(body, 3, 1))),
    "corrupt",
  ],
  [
    "segments whose second half is zeros",
    () =>
      when(
        ({ path }) => /^\/(low|high)\/\d/.test(path),
        ({ body }) => sized(body.fill(0, body.length / 2)),
      ),
    "corrupt",
  ],
  ["noise", () => when(isMedia, ({ body }) => sized(body.map((byte, at) => byte ^ at))), "corrupt"],
  [
    "damaged initialization",
    () =>
      when(
        ({ path }) => path.endsWith("init.mp4"),
        ({ body }) => sized(damagedAt(body, 40)),
      ),
    "corrupt",
  ],
  [
    "playlists that are cut",
    () =>
      when(
        isPlaylist,
        ({ body }) => new Response(textOf(body).replace(/,\n[^\n]*\n?(#EXT-X-ENDLIST\n)?$/, ",")),
      ),
    "corrupt",
  ],
  [
    "playlists of bytes",
    () => when(isPlaylist, () => new Response(new Uint8Array(900).fill(0xfe))),
    "not-a-playlist",
  ],
  ["empty playlists", () => when(isPlaylist, () => new Response("#EXTM3U\n")), "corrupt"],
];

const MODES = ["film", "live"] as const;

function watching(
  t: TestContext,
  mode: (typeof MODES)[number],
  behaviour?: (rig: Rig) => Behaviour,
) {
  const rig = new Rig();
  // A body without an end is read until nobody wants it any more.
  t.after(() => rig.transport.close());
  rig.showsTitle = true;
  rig.isLive = mode === "live";
  rig.linkBytesPerSecond = 400_000;
  if (behaviour !== undefined) rig.set("a", behaviour(rig));
  const viewer = new Viewer(rig);
  viewer.opens();
  return { rig, viewer };
}

function reasonsTold(rig: Rig): readonly Told[] {
  const rejected = rig.all("rejected").map(({ reason }) => reason);
  const failovers = rig.all("failover").map(({ reason }) => reason);
  return [...rejected, ...failovers].filter(
    (reason) => reason !== "steering-order" && reason !== "under-duress",
  );
}

for (const mode of MODES) {
  describe(`a viewer of a ${mode}, when the host begins to send`, () => {
    for (const [what, bad, told] of CASES) {
      test(`${what}: no wrong byte, no stall, told as ${told}, and back once it is good`, async (t) => {
        const { rig, viewer } = watching(t, mode);
        await viewer.watches(8);
        assert.equal(viewer.route(), "a");
        rig.set("a", bad(rig));
        await viewer.watches(20);
        assert.equal(viewer.stalledMs, 0);
        const isAsked =
          what.includes("initialization") || (mode === "film" && what.includes("playlist"));
        if (!isAsked) assert.ok(reasonsTold(rig).includes(told), reasonsTold(rig).join(" "));
        rig.set("a", { does: "serve" });
        await viewer.watches(12);
        assert.equal(viewer.served.at(-1)?.pathway, "a");
        assert.equal(viewer.stalledMs, 0);
        assert.deepEqual(viewer.wrongBodies, []);
        assert.deepEqual(viewer.failures, []);
        assert.ok(rig.all("failover").length <= 1, "one incident is one failover");
      });

      test(`${what}, from the start: a picture all the same`, async (t) => {
        const { rig, viewer } = watching(t, mode, bad);
        await viewer.watches(12);
        assert.ok((viewer.firstFrameMs ?? Number.NaN) <= 4_000, `${viewer.firstFrameMs} ms`);
        assert.equal(viewer.stalledMs, 0);
        assert.deepEqual(viewer.wrongBodies, []);
        assert.deepEqual(viewer.failures, []);
        assert.ok(reasonsTold(rig).includes(told), reasonsTold(rig).join(" "));
      });
    }
  });
}
