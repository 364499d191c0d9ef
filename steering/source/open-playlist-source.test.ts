import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FetchedText } from "./fetch-text.ts";
import { openPlaylistSource } from "./open-playlist-source.ts";

const POLICY = { shortestMs: 1_000, longestMs: 60_000, refreshBehindMs: 30_000 };
const PLAYLIST = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n";
const MISSING: FetchedText = { outcome: "missing" };
const text = (body: string): FetchedText => ({ outcome: "text", text: body, cacheControl: "" });

function openRig(answer: (path: string) => FetchedText | Promise<FetchedText>) {
  const rig = { nowMs: 1, answer };
  const asked: string[] = [];
  const source = openPlaylistSource({
    url: "http://origin",
    fetchText: async (url) => {
      asked.push(url);
      return rig.answer(new URL(url).pathname);
    },
    policy: POLICY,
    now: () => rig.nowMs,
  });
  return { rig, asked, source };
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
  test("that does not answer is asked for so much and no more", async () => {
    const waiting: ((answer: FetchedText) => void)[] = [];
    const { asked, source } = openRig(() => new Promise((answer) => waiting.push(answer)));
    const answers = Array.from({ length: 300 }, (_, title) => source.get(`/${title}.m3u8`, []));
    assert.equal(asked.length, 256);
    const reasons = new Set<unknown>();
    for (const answer of answers.slice(256)) reasons.add(await answer);
    assert.deepEqual([...reasons], [{ outcome: "unavailable", reason: "too many are asked for" }]);
    for (const answer of waiting) answer(MISSING);
    assert.equal((await answers[0])?.outcome, "missing");
    const later = source.get("/later.m3u8", []);
    waiting.at(-1)?.(MISSING);
    assert.equal((await later).outcome, "missing");
  });
});
