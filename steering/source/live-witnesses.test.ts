import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPresentation } from "../core/source/presentation.ts";
import type { FetchedText } from "./fetch-text.ts";
import { openLiveWitnesses } from "./live-witnesses.ts";

const PATH = "/live/one/video/index.m3u8";
const SOURCE = "http://origin";
const list = (last: number, end = "") =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${last}\n#EXTINF:2,\na.m4s\n${end}`;
const text = (body: string): FetchedText => ({ outcome: "text", text: body, cacheControl: "" });

function openRig(answer: FetchedText = text(list(10))) {
  const rig = { nowMs: 1, answer, asked: [] as string[] };
  const witnesses = openLiveWitnesses({
    fetchText: async (url) => {
      rig.asked.push(url);
      return rig.answer;
    },
    policy: {
      staleAfterTargets: 0.5,
      aheadSegments: 2,
      maxWitnesses: 2,
      forgetAfterMs: 60_000,
      askSourceEveryMs: 1_000,
    },
    now: () => rig.nowMs,
  });
  const pass = (ms: number) => {
    rig.nowMs += ms;
    return witnesses.tick(rig.nowMs);
  };
  return { rig, witnesses, pass };
}

describe("live witnesses", () => {
  test("one that the source does not show makes room for others", async () => {
    const { rig, witnesses, pass } = openRig({ outcome: "failed", reason: "too long" });
    for (const path of ["/one.m3u8", "/two.m3u8"]) witnesses.notePlay(SOURCE, path);
    await pass(0);
    rig.answer = text(list(10));
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    assert.equal(witnesses.next(), PATH);
  });
  test("a played live stream becomes one, and the source is asked at a steady pace", async () => {
    const { rig, witnesses, pass } = openRig();
    assert.equal(witnesses.next(), undefined);
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    assert.equal(witnesses.next(), PATH);
    await pass(500);
    await pass(500);
    assert.deepEqual(rig.asked, [SOURCE + PATH, SOURCE + PATH]);
  });
  test("its variables are put in, and one that a player alone knows is not asked for", async () => {
    const { rig, witnesses, pass } = openRig();
    for (const [folder, uri] of [
      ["one", "{$quality}/{$token}.m3u8"],
      ["two", "{$quality}/index.m3u8"],
    ] as const) {
      const path = `/live/${folder}/master.m3u8`;
      const lines = [
        "#EXTM3U",
        '#EXT-X-DEFINE:NAME="quality",VALUE="video"',
        '#EXT-X-DEFINE:QUERYPARAM="token"',
        `#EXT-X-STREAM-INF:BANDWIDTH=1\n${uri}\n`,
      ];
      const presentation = readPresentation(lines.join("\n"), SOURCE + path);
      witnesses.notePresentation(SOURCE, path, presentation ?? assert.fail("no playlist"));
    }
    await pass(0);
    assert.deepEqual(rig.asked, [`${SOURCE}/live/two/video/index.m3u8`]);
  });
  test("a film is looked at once, and not again at every play", async () => {
    const { rig, witnesses, pass } = openRig(text(list(10, "#EXT-X-ENDLIST\n")));
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    witnesses.notePlay(SOURCE, PATH);
    await pass(2_000);
    assert.equal(witnesses.next(), undefined);
    assert.equal(rig.asked.length, 1);
  });
  test("a node that stands still is stale once the source has gone on", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    const judge = (body: string) => witnesses.judge(PATH, { by: "a", text: body })?.reason;
    assert.equal(judge(list(10)), "current");
    rig.answer = text(list(11));
    await pass(2_000);
    assert.equal(judge(list(10)), "current");
    await pass(1_001);
    assert.equal(judge(list(10)), "stale-playlist");
    assert.equal(judge(list(11)), "current");
    assert.equal(judge("<html>"), "no-playlist");
  });
  test("while the source is away nodes are compared with one another", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    rig.answer = { outcome: "failed", reason: "timeout" };
    await pass(2_000);
    for (const by of ["a", "b"]) witnesses.judge(PATH, { by, text: list(11) });
    await pass(1_001);
    assert.equal(witnesses.judge(PATH, { by: "c", text: list(10) })?.reason, "stale-playlist");
  });
  test("while the source is away no node is blamed for having no list", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    assert.equal(witnesses.isGiven(PATH), true);
    rig.answer = { outcome: "failed", reason: "timeout" };
    await pass(1_000);
    assert.equal(witnesses.isGiven(PATH), false);
    assert.equal(witnesses.judge(PATH, { by: "a", text: "<html>" }), undefined);
    rig.answer = text(list(12));
    await pass(1_000);
    assert.equal(witnesses.isGiven(PATH), true);
  });
  test("nor while its answer is overdue", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    const answer = Promise.withResolvers<FetchedText>();
    rig.answer = answer.promise as unknown as FetchedText;
    const asking = pass(1_000);
    assert.equal(witnesses.isGiven(PATH), true);
    rig.nowMs += 501;
    assert.equal(witnesses.isGiven(PATH), false);
    answer.resolve(text(list(11)));
    await asking;
    assert.equal(witnesses.isGiven(PATH), true);
  });
  test("a node that is level with a source that stepped back is not late", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    rig.answer = text(list(4));
    await pass(5_000);
    await pass(1_001);
    const judge = (last: number) => witnesses.judge(PATH, { by: "a", text: list(last) })?.reason;
    assert.deepEqual([judge(4), judge(3)], ["current", "stale-playlist"]);
  });
  test("a last list that only the source gave before it died makes no node late", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    rig.answer = text(list(11));
    await pass(1_000);
    rig.answer = { outcome: "failed", reason: "timeout" };
    await pass(1_001);
    const reasons = ["a", "b", "c"].map(
      (by) => witnesses.judge(PATH, { by, text: list(10) })?.reason,
    );
    assert.deepEqual(reasons, ["current", "current", "current"]);
  });
  test("nor is one that is level with a source that stepped back and then died", async () => {
    const { rig, witnesses, pass } = openRig();
    witnesses.notePlay(SOURCE, PATH);
    await pass(0);
    rig.answer = text(list(4));
    await pass(2_000);
    rig.answer = { outcome: "failed", reason: "timeout" };
    await pass(2_000);
    assert.equal(witnesses.judge(PATH, { by: "a", text: list(4) })?.reason, "current");
  });
  test("few are kept, and one that nobody plays any more is forgotten", async () => {
    const { rig, witnesses, pass } = openRig();
    for (const name of ["a", "b", "c"]) witnesses.notePlay(SOURCE, `/live/${name}/index.m3u8`);
    await pass(0);
    assert.equal(rig.asked.length, 2);
    await pass(60_001);
    assert.equal(witnesses.next(), undefined);
    assert.equal(witnesses.judge(PATH, { by: "a", text: list(1) }), undefined);
  });
});
