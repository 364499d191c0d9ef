import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Catalog, CatalogEntry, ChannelEntry } from "../../origin/contract/catalog.ts";
import { channelFacts, findProgramme, titleFacts } from "./programme.ts";
import { unbroken } from "./unbroken.rig.ts";

const film = (id: string, title: string): CatalogEntry => ({
  id,
  title,
  synopsis: "A film.",
  year: 2025,
  genre: "Drama",
  durationSeconds: 64,
  accentColor: "#ffffff",
  poster: `/${id}.jpg`,
  sources: ["/film.m3u8"],
});
const CHANNEL: ChannelEntry = {
  id: "night",
  name: "Night Channel",
  synopsis: "All night.",
  accentColor: "#ffffff",
  titleIds: ["a", "gone", "b"],
  poster: "/night.jpg",
  sources: ["/night.m3u8"],
};
const CATALOG: Catalog = { titles: [film("a", "Aria"), film("b", "Brass")], channels: [CHANNEL] };

describe("findProgramme()", () => {
  test("a film has a length", () => {
    const found = findProgramme(CATALOG, "b");
    assert.deepEqual([found?.title, found?.durationSeconds], ["Brass", 64]);
  });
  test("a channel is called by its name and has no length", () => {
    const found = findProgramme(CATALOG, "night");
    assert.deepEqual([found?.title, found?.durationSeconds], ["Night Channel", undefined]);
    assert.deepEqual(found?.sources, CHANNEL.sources);
  });
  test("what is not in the catalogue is not found", () =>
    assert.equal(findProgramme(CATALOG, "day"), undefined));
  test("a house without channels has none", () =>
    assert.equal(findProgramme({ ...CATALOG, channels: [] }, "night"), undefined));
});

test("the facts of a film leave out what is not known", () => {
  assert.equal(titleFacts(film("a", "Aria")), unbroken("2025 · Drama · 1 min 4 s"));
  assert.equal(
    titleFacts({ ...film("a", "Aria"), rating: "All ages" }),
    unbroken("2025 · Drama · 1 min 4 s · All ages"),
  );
});
test("the facts of a channel name what it shows, as far as the catalogue knows it", () => {
  assert.equal(channelFacts(CHANNEL, CATALOG.titles), "Aria and Brass, over and over");
  assert.equal(channelFacts(CHANNEL, []), "Around the clock");
});
