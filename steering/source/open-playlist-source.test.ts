import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writePathwayManifest } from "../core/dash/pathway-manifest.ts";
import type { FetchedText, FetchLane } from "./fetch-text.ts";
import { openPlaylistSource, type PlaylistAnswer } from "./open-playlist-source.ts";

const POLICY = {
  shortestMs: 1_000,
  longestMs: 60_000,
  refreshBehindMs: 30_000,
  refreshBehindLiveMs: 1_000,
};
const PLAYLIST = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n";
const LIVE = '<MPD type="dynamic"><Period/></MPD>';
const MISSING: FetchedText = { outcome: "missing" };
const FAILED: FetchedText = { outcome: "failed", reason: "down" };
const text = (body: string): FetchedText => ({ outcome: "text", text: body, cacheControl: "" });

function openRig(answer: (path: string) => FetchedText | Promise<FetchedText>) {
  const rig = { nowMs: 1, answer };
  const asked: string[] = [];
  const lanes: FetchLane[] = [];
  const source = openPlaylistSource({
    url: "http://origin",
    fetchText: async (url, lane) => {
      asked.push(url);
      lanes.push(lane);
      return rig.answer(new URL(url).pathname);
    },
    policy: POLICY,
    now: () => rig.nowMs,
  });
  return { rig, asked, lanes, source };
}

function publishedAt(answer: PlaylistAnswer): number {
  assert.ok(answer.outcome === "found" && answer.presentation.kind === "dash");
  const { manifest } = answer.presentation;
  const pathways = [{ id: "a", url: "http://a" }] as const;
  const uris = { steeringUri: "http://s", refreshUri: "http://p" };
  const mpd = writePathwayManifest({ manifest, pathways, ...uris });
  return Number(/publishTime="(\d+)"/.exec(mpd)?.[1]);
}

describe("a source of playlists", () => {
  test("is asked once, however many ask at once", async () => {
    const { asked, source } = openRig(() => text(PLAYLIST));
    await Promise.all(Array.from({ length: 100 }, () => source.get("/a.m3u8", [])));
    assert.deepEqual(asked, ["http://origin/a.m3u8"]);
  });
  test("keeps its good answer while it sends nonsense", async () => {
    const { rig, source } = openRig(() => text(PLAYLIST));
    await source.get("/a.m3u8", []);
    rig.nowMs += 100_000;
    rig.answer = () => text("<html>we are sorry</html>");
    assert.equal((await source.get("/a.m3u8", [])).outcome, "found");
  });
  test("that sends a flood of long ones keeps few of them", async () => {
    const long = `${PLAYLIST}# ${"x".repeat(1_000_000)}`;
    const { asked, source } = openRig(() => text(long));
    for (let title = 0; title < 40; title += 1) await source.get(`/${title}.m3u8`, []);
    asked.length = 0;
    await source.get("/39.m3u8", []);
    await source.get("/0.m3u8", []);
    assert.deepEqual(asked, ["http://origin/0.m3u8"], "the oldest ones had to go");
  });
  test("keeps its good answers through a flood of paths that it does not have", async () => {
    const { rig, source } = openRig((path) => (path === "/film.m3u8" ? text(PLAYLIST) : MISSING));
    await source.get("/film.m3u8", []);
    for (let title = 0; title < 3_000; title += 1) await source.get(`/none-${title}.m3u8`, []);
    rig.answer = () => FAILED;
    assert.equal((await source.get("/film.m3u8", [])).outcome, "found");
    assert.notEqual(source.peek("/film.m3u8", []), undefined);
  });
  test("is asked for what it had apart from what nobody knows", async () => {
    const { rig, lanes, source } = openRig((path) =>
      path === "/a.m3u8" ? text(PLAYLIST) : MISSING,
    );
    for (const path of ["/a.m3u8", "/none.m3u8", "/a.m3u8", "/none.m3u8"]) {
      await source.get(path, []);
      rig.nowMs += 100_000;
    }
    assert.deepEqual(lanes, ["stray", "stray", "known", "stray"]);
  });
  test("is not asked again at once for what it does not have", async () => {
    const { asked, source } = openRig(() => MISSING);
    for (let viewer = 0; viewer < 20; viewer += 1) {
      await source.get("/none.m3u8", []);
      source.peek("/none.m3u8", []);
    }
    assert.equal(asked.length, 1);
  });
  test("has again what it had not, and the other way about", async () => {
    const { rig, source } = openRig(() => MISSING);
    const outcomes: string[] = [];
    for (const answer of [MISSING, text(PLAYLIST), MISSING, FAILED]) {
      rig.answer = () => answer;
      rig.nowMs += 100_000;
      outcomes.push((await source.get("/a.m3u8", [])).outcome);
    }
    assert.deepEqual(outcomes, ["missing", "found", "missing", "unavailable"]);
  });

  /** How old, in seconds, the MPDs are that a player is given that asks at these times. */
  async function agesOf(type: string, atSeconds: readonly number[]) {
    const opened = openRig(() =>
      text(`<MPD type="${type}" publishTime="${opened.rig.nowMs}"><Period/></MPD>`),
    );
    const ages: number[] = [];
    for (const at of atSeconds) {
      opened.rig.nowMs = at * 1_000;
      const answer = await opened.source.get("/live.mpd", []);
      // What is fetched behind the answer comes in before the next one.
      await new Promise((resolve) => setImmediate(resolve));
      ages.push((at * 1_000 - publishedAt(answer)) / 1_000);
    }
    return ages;
  }
  test("gives of what goes on the latest, though a player asks only now and then", async () => {
    assert.deepEqual(await agesOf("dynamic", [0, 25, 29, 33, 37]), [0, 0, 0, 0, 0]);
    assert.deepEqual(await agesOf("static", [0, 25, 29, 33, 37]), [0, 25, 4, 4, 4]);
  });
  test("gives it at once where others have just asked", async () =>
    assert.deepEqual(await agesOf("dynamic", [0, 0.9, 1.5, 2.4]), [0, 0.9, 1.5, 0.9]));
  test("is asked once for what goes on, by all who wait for it", async () => {
    const { rig, asked, source } = openRig(() => text(LIVE));
    await source.get("/live.mpd", []);
    rig.nowMs += 4_000;
    await Promise.all(Array.from({ length: 100 }, () => source.get("/live.mpd", [])));
    assert.equal(asked.length, 2);
  });
  test("that fails has said the last of what goes on", async () => {
    const { rig, asked, source } = openRig(() => text(LIVE));
    await source.get("/live.mpd", []);
    rig.nowMs += 100_000;
    rig.answer = () => FAILED;
    assert.equal((await source.get("/live.mpd", ["http://node"])).outcome, "found");
    assert.equal((await source.get("/live.mpd", ["http://node"])).outcome, "found");
    assert.equal(asked.length, 2, "and is not asked again at once");
  });

  /** Hangs, with `count` questions under way for what nobody knows yet. */
  async function openHanging(count: number, known: readonly string[]) {
    const opened = openRig(() => text(PLAYLIST));
    for (const path of known) await opened.source.get(path, []);
    const waiting: ((answer: FetchedText) => void)[] = [];
    opened.rig.answer = () => new Promise((answer) => waiting.push(answer));
    opened.rig.nowMs += 100_000;
    opened.asked.length = 0;
    const answers = Array.from({ length: count }, (_, n) => opened.source.get(`/x-${n}.m3u8`, []));
    return { ...opened, waiting, answers };
  }
  test("that does not answer is asked for so much and no more", async () => {
    const { asked, source, waiting, answers } = await openHanging(300, []);
    assert.equal(asked.length, 192);
    const reasons = new Set<unknown>();
    for (const answer of answers.slice(192)) reasons.add(await answer);
    assert.deepEqual([...reasons], [{ outcome: "unavailable", reason: "too many are asked for" }]);
    for (const answer of waiting) answer(MISSING);
    assert.equal((await answers[0])?.outcome, "missing");
    const later = source.get("/later.m3u8", []);
    waiting.at(-1)?.(MISSING);
    assert.equal((await later).outcome, "missing");
  });
  test("that does not answer for what nobody knows is asked for what it had", async () => {
    const { asked, source, waiting } = await openHanging(300, ["/film.m3u8"]);
    const film = source.get("/film.m3u8", []);
    assert.equal(asked.at(-1), "http://origin/film.m3u8");
    waiting.at(-1)?.(text(PLAYLIST));
    assert.equal((await film).outcome, "found");
  });
  test("of which there is no room to ask gives what it had, however old", async () => {
    const films = Array.from({ length: 100 }, (_, film) => `/film-${film}.m3u8`);
    const { asked, source } = await openHanging(300, films);
    const answers = films.map((path) => source.get(path, []));
    assert.equal(asked.length, 256);
    for (const answer of answers.slice(64)) assert.equal((await answer).outcome, "found");
  });
});
