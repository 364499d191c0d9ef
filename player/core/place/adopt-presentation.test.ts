import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { adoptPresentation } from "./adopt-presentation.ts";
import { readMpdPresentation } from "./mpd-presentation.ts";
import { readPresentation } from "./presentation.ts";

const AT = "http://steering/film.m3u8";
const SOURCES = [AT, "http://a:81/film.m3u8", "http://b/film.m3u8"];
const OWN =
  "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n";

const variant = (pathway: string, stream: string, at: string) =>
  `#EXT-X-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="${pathway}",STABLE-VARIANT-ID="${stream}"\n${at}/${stream}.m3u8\n`;
const pathway = (id: string, at: string) => variant(id, "low", at) + variant(id, "high", at);
const steered = (...pathways: readonly string[]) =>
  readPresentation(
    `#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="/s"\n${pathways.join("")}`,
    AT,
    SOURCES,
  );
const shown = readPresentation(OWN, "http://a:81/film.m3u8", SOURCES);

describe("adoptPresentation()", () => {
  const adopted = adoptPresentation(
    shown,
    steered(pathway("east", "http://a:81"), pathway("west", "http://far/x")),
  );

  test("calls a pathway what steering calls it, and lets the others join", () => {
    assert.deepEqual(adopted?.order, ["east", "west"]);
    assert.equal(adopted?.renamed.get("a-81"), "east");
    assert.equal(adopted?.renamed.get("b"), "b");
  });

  test("leaves the media player its URLs, under the keys of the newcomer", () => {
    assert.equal(adopted?.presentation.first, "east");
    const [east, west] = adopted?.presentation.pathways ?? [];
    assert.deepEqual(
      [...(east?.playlists.values() ?? [])],
      ["http://a:81/low.m3u8", "http://a:81/high.m3u8"],
    );
    assert.deepEqual([...(east?.playlists.keys() ?? [])], [...(west?.playlists.keys() ?? [])]);
  });

  test("keeps what steering does not list, though not in its order", () => {
    const other = adoptPresentation(shown, steered(pathway("west", "http://b")));
    assert.deepEqual(other?.order, ["west"]);
    assert.equal(other?.presentation.first, "a-81");
    const own = other?.presentation.pathways.find(({ id }) => id === "a-81");
    const west = other?.presentation.pathways.find(({ id }) => id === "west");
    assert.equal(own?.host, "http://a:81");
    assert.deepEqual([...(own?.playlists.keys() ?? [])], [...(west?.playlists.keys() ?? [])]);
  });

  test("begins where steering would", () => {
    const both = adoptPresentation(
      shown,
      readPresentation(
        `#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="/s",PATHWAY-ID="west"\n${pathway("east", "http://a:81")}${pathway("west", "http://b")}`,
        AT,
        SOURCES,
      ),
    );
    assert.deepEqual(both?.order, ["west", "east"]);
  });

  for (const [what, newcomer] of [
    ["one without steering", readPresentation(OWN, AT, SOURCES)],
    ["other media", steered(pathway("east", "http://a:81/other"))],
    ["one that lacks a variant", steered(variant("east", "low", "http://a:81"))],
    [
      "one that calls another host by a name that is taken",
      steered(pathway("east", "http://a:81"), pathway("b", "http://c")),
    ],
    [
      "one that calls two hosts by each other's names",
      steered(pathway("b", "http://a:81"), pathway("a-81", "http://b")),
    ],
  ] as const) {
    test(`refuses ${what}`, () => assert.equal(adoptPresentation(shown, newcomer), undefined));
  }

  test("knows an MPD again by where its media lie", () => {
    const period = "<Period><AdaptationSet/></Period></MPD>";
    const place = (id: string, at: string) => `<BaseURL serviceLocation="${id}">${at}</BaseURL>`;
    const mpds = ["http://steering/film.mpd", "http://a/film/film.mpd", "http://b/film/film.mpd"];
    const plain = readMpdPresentation(`<MPD>${period}`, "http://a/film/film.mpd", mpds);
    const late = readMpdPresentation(
      `<MPD>${place("west", "http://b/film/")}${place("east", "http://a/film/")}<ContentSteering defaultServiceLocation="west">/s</ContentSteering>${period}`,
      "http://steering/film.mpd",
      ["http://steering/film.mpd"],
    );
    const found = adoptPresentation(plain, late);
    assert.deepEqual(found?.order, ["west", "east"]);
    assert.equal(found?.renamed.get("a"), "east");
    assert.equal(found?.presentation.first, "east");
    const east = found?.presentation.pathways.find(({ id }) => id === "east");
    assert.deepEqual([...(east?.playlists.values() ?? [])], ["http://a/film/film.mpd"]);
    const elsewhere = readMpdPresentation(`<MPD>${period}`, "http://c/film/film.mpd", []);
    assert.equal(adoptPresentation(elsewhere, late), undefined);
  });
});
