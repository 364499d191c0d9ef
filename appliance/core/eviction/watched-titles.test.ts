import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { INTERVAL_POLICY } from "./interval-index.ts";
import { WatchedTitles } from "./watched-titles.ts";

const newTitles = (limits: Partial<typeof INTERVAL_POLICY.titles> = {}) =>
  new WatchedTitles({ ...INTERVAL_POLICY.titles, ...limits }, 1);

const titleNames = (titles: WatchedTitles, sequences: readonly string[]) =>
  sequences.map((sequence) => titles.renditionOf(sequence, 1).title.name);

describe("WatchedTitles", () => {
  test("folders side by side are renditions of one title", () =>
    assert.deepEqual(titleNames(newTitles(), ["/vod/tram/v1/*.ts", "/vod/tram/v2/*.ts"]), [
      "/vod/tram",
      "/vod/tram",
    ]));

  test("another title is another", () =>
    assert.deepEqual(titleNames(newTitles(), ["/vod/tram/v1/*.ts", "/vod/whale/v1/*.ts"]), [
      "/vod/tram",
      "/vod/whale",
    ]));

  test("a folder with too many runs for a title is a catalogue, and each folder in it a title", () => {
    const titles = newTitles({ maxRenditions: 4 });
    const sequences = Array.from({ length: 6 }, (_, number) => `/vod/film-${number}/720p_*.ts`);
    titleNames(titles, sequences);
    assert.deepEqual(titleNames(titles, ["/vod/film-0/720p_*.ts", "/vod/film-5/360p_*.ts"]), [
      "/vod/film-0",
      "/vod/film-5",
    ]);
    assert.equal(
      titles.renditionOf("/vod/film-1/720p_*.ts", 1).title,
      titles.renditionOf("/vod/film-1/360p_*.ts", 1).title,
    );
  });

  test("where all titles are in one folder, each run stands alone", () => {
    const titles = newTitles({ maxRenditions: 4 });
    const sequences = Array.from({ length: 9 }, (_, number) => `/v/film-${number}-*.ts`);
    titleNames(titles, sequences);
    assert.deepEqual(titleNames(titles, sequences), sequences);
  });

  test("knows the title of an init segment, in a folder of its rendition or of its title", () => {
    const titles = newTitles();
    const { title } = titles.renditionOf("/vod/tram/v1/segment-*.m4s", 1);
    assert.equal(titles.titleAt("/vod/tram/v1/init.mp4"), title);
    assert.equal(titles.titleAt("/vod/tram/init-v1.mp4"), title);
    assert.equal(titles.titleAt("/vod/whale/v1/init.mp4"), undefined);
  });

  test("tells what viewers of other titles choose", () => {
    const titles = newTitles();
    for (let title = 0; title < 50; title += 1) {
      const popular = titles.renditionOf(`/vod/${title}/v2/*.ts`, 1);
      for (let number = 1; number <= 9; number += 1) titles.observe(popular, number, number);
      titles.observe(titles.renditionOf(`/vod/${title}/v1/*.ts`, 1), 1, 1);
    }
    const share = titles.shareOfName(titles.renditionOf("/vod/new/v2/*.ts", 1));
    assert.ok(share > 0.85 && share < 0.95, `${share}`);
  });

  test("recognises viewers of segments that are named by their time", () => {
    const titles = newTitles();
    const rendition = titles.renditionOf("/dash/tram/v1/t-*.m4s", 1);
    const seen = Array.from({ length: 10 }, (_, number) =>
      titles.observe(rendition, number * 540_540, number * 6_000),
    ).map(({ what }) => what);
    assert.deepEqual(seen.slice(-6), Array(6).fill("went-on"));
  });

  test("learns how often viewers move", () => {
    const titles = newTitles();
    const before = titles.logOfStaying;
    const rendition = titles.renditionOf("/vod/tram/v1/*.ts", 1);
    for (let number = 1; number < 2_000; number += 1) {
      titles.observe(rendition, number, number * 1_000);
    }
    assert.ok(titles.logOfStaying > before);
    assert.ok(titles.logOfStaying > -0.001 && titles.logOfStaying < 0);
  });

  test("holds no more titles than its limit where nothing of them is held", () => {
    const titles = newTitles({ maxTitles: 100, maxRenditions: 4 });
    for (let number = 0; number < 5_000; number += 1) {
      titles.renditionOf(`/vod/${number}/v1/*.ts`, number);
      assert.ok(titles.size <= 101, `${titles.size} titles`);
    }
  });

  test("forgets no title of which something is held", () => {
    const titles = newTitles({ maxTitles: 10 });
    const held = titles.renditionOf("/vod/held/v1/*.ts", 1);
    held.held = 1;
    for (let number = 0; number < 500; number += 1) {
      titles.renditionOf(`/vod/${number}/v1/*.ts`, 2 + number);
    }
    assert.equal(titles.renditionOf("/vod/held/v1/*.ts", 1_000), held);
  });

  test("tells apart no more names than its limit", () => {
    const titles = newTitles({ maxNames: 3 });
    const names = Array.from(
      { length: 9 },
      (_, number) => titles.renditionOf(`/vod/tram/v${number}/*.ts`, 1).namesakes,
    );
    assert.equal(new Set(names).size, 4);
  });
});
