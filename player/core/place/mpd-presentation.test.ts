import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  HLS_OR_DASH,
  isMpd,
  readMpdPresentation,
  refreshMpd,
  showMpd,
  unescapeXml,
} from "./mpd-presentation.ts";
import type { Presentation } from "./presentation.ts";

const PERIOD =
  '<Period><AdaptationSet><SegmentTemplate media="$Number$.m4s"/></AdaptationSet></Period></MPD>';
const STEERED = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">
<!-- <BaseURL>http://ghost/</BaseURL> -->
<BaseURL serviceLocation="east">http://east/film/</BaseURL>
<BaseURL serviceLocation="west">http://west/cdn/x/?a=1&amp;b=2</BaseURL>
<ContentSteering defaultServiceLocation="west east" queryBeforeStart="false">/steer?a&amp;b</ContentSteering>
<Location>http://steering/elsewhere.mpd</Location>${PERIOD}`;
const PLAIN = `<MPD><BaseURL>media/</BaseURL>${PERIOD}`;
const AT = "http://steering/play/film.mpd";

const shownBases = (text: string) =>
  Array.from(text.matchAll(/<(?:\w+:)?BaseURL([^>]*)>([^<]*)</g), ([, attributes, url]) =>
    `${attributes} ${url}`.trim(),
  );

describe("readMpdPresentation() of an MPD with several places", () => {
  const presentation = readMpdPresentation(STEERED, AT, [AT, "http://west/film.mpd"]);

  test("finds a pathway for each, by its folder", () =>
    assert.deepEqual(
      presentation.pathways.map(({ id, host, base }) => [id, host, base]),
      [
        ["east", "http://east", "http://east/film/"],
        ["west", "http://west", "http://west/cdn/x/"],
      ],
    ));
  test("begins where steering would", () => assert.equal(presentation.first, "west"));
  test("resolves the steering server's address", () =>
    assert.equal(presentation.steering?.serverUri, "http://steering/steer?a&b"));
  test("shows one place, no steering, and no other address of itself", () => {
    assert.deepEqual(shownBases(presentation.playlist), ["http://west/cdn/x/"]);
    assert.doesNotMatch(presentation.playlist, /Steering|Location|ghost/);
    assert.ok(presentation.playlist.endsWith(PERIOD));
  });
  test("refreshes it at the pathway's own host where a source lies there, else where it says", () =>
    assert.deepEqual(
      presentation.pathways.map(({ playlists }) => [...playlists.values()]),
      [["http://steering/elsewhere.mpd"], ["http://west/film.mpd"]],
    ));
  test("or where it was, if it says nothing that can be asked", () => {
    for (const location of ["", "urn:nowhere", "http://["]) {
      const text = STEERED.replace("http://steering/elsewhere.mpd", location);
      const [east] = readMpdPresentation(text, AT, [AT]).pathways;
      assert.deepEqual([...(east?.playlists.values() ?? [])], [AT]);
    }
  });
});

describe("readMpdPresentation() of an MPD with one place", () => {
  const basesOf = (text: string, sources: readonly string[]) =>
    readMpdPresentation(text, sources[0] as string, sources).pathways.map(({ base }) => base);

  test("finds it at each source", () =>
    assert.deepEqual(basesOf(PLAIN, ["http://a/x/f.mpd", "http://b:81/y/f.mpd"]), [
      "http://a/x/media/",
      "http://b:81/y/media/",
    ]));
  test("or beside each source, if it says nothing", () =>
    assert.deepEqual(basesOf(`<MPD>${PERIOD}`, ["http://a/x/f.mpd", "http://b/f.mpd"]), [
      "http://a/x/",
      "http://b/",
    ]));
  test("and only once where it leads elsewhere", () =>
    assert.deepEqual(
      basesOf(`<MPD><BaseURL>http://cdn/</BaseURL>${PERIOD}`, ["http://a/f.mpd", "http://b/f.mpd"]),
      ["http://cdn/"],
    ));
  test("two names of one place are one", () =>
    assert.deepEqual(
      basesOf(`<MPD><BaseURL>./</BaseURL><BaseURL>x.mp4</BaseURL>${PERIOD}`, ["http://a/f.mpd"]),
      ["http://a/"],
    ));
  test("an address that is none is passed over", () =>
    assert.deepEqual(basesOf(`<MPD><BaseURL>http://[</BaseURL>${PERIOD}`, ["http://a/f.mpd"]), [
      "http://a/",
    ]));
});

describe("refreshMpd()", () => {
  const known = readMpdPresentation(STEERED, AT, [AT]);
  const refreshed = (text: string, url = AT) =>
    refreshMpd(known, text, readMpdPresentation(text, url, [AT]));
  const placesOf = (presentation: Presentation | undefined) =>
    presentation?.pathways.map(({ id, base }) => `${id} ${base}`);

  test("finds nothing new in what names the same places", () =>
    assert.equal(refreshed(STEERED), undefined));
  test("nor in what came from another place, or with another place first", () => {
    const text = STEERED.replace('"west east"', '"east"');
    assert.equal(refreshed(text, "http://replica/film.mpd"), undefined);
  });
  test("nor in what somebody without steering says", () =>
    assert.equal(refreshed(PLAIN.replace("media/", "http://else/")), undefined));
  test("keeps the steering that it has, whose session is its own", () => {
    const text = STEERED.replace("/steer?a", "/steer?other").replace("//east/", "//east/new/");
    const presentation = refreshed(text);
    assert.deepEqual(placesOf(presentation), [
      "east http://east/new/film/",
      "west http://west/cdn/x/",
    ]);
    assert.equal(presentation?.steering?.serverUri, "http://steering/steer?a&b");
  });
  test("keeps the place that the player knows all by, listed or not", () =>
    assert.deepEqual(placesOf(refreshed(STEERED.replace('"west"', '"south"'))), [
      "east http://east/film/",
      "south http://west/cdn/x/",
      "west http://west/cdn/x/",
    ]));
  test("shows the player that place where it is now", () => {
    const presentation = refreshed(STEERED.replace("cdn/x", "cdn/y"));
    assert.deepEqual(shownBases(presentation?.playlist ?? ""), ["http://west/cdn/y/"]);
  });
});

describe("showMpd()", () => {
  test("keeps what says when segments are there", () =>
    assert.deepEqual(
      shownBases(
        showMpd(
          `<MPD><BaseURL availabilityTimeOffset="3" serviceLocation='x'>a/</BaseURL>${PERIOD}`,
          "http://a/?b&c",
        ),
      ),
      ['availabilityTimeOffset="3" http://a/?b&amp;c'],
    ));
  test("takes the MPD's own prefix", () =>
    assert.match(
      showMpd("<m:MPD><m:BaseURL/><m:Period/></m:MPD>", "http://a/"),
      /^<m:MPD><m:BaseURL>http:\/\/a\/<\/m:BaseURL><m:Period\/><\/m:MPD>$/,
    ));
  test("leaves deeper places alone", () =>
    assert.deepEqual(
      shownBases(showMpd("<MPD><Period><BaseURL>p/</BaseURL></Period></MPD>", "http://a/")),
      ["http://a/", "p/"],
    ));
});

describe("isMpd()", () => {
  for (const [name, text, expected] of [
    ["an MPD", PLAIN, true],
    ["one with a byte order mark", `\uFEFF${STEERED}`, true],
    ["one that was cut off", PLAIN.slice(0, -1), false],
    ["a page", "<!doctype html><html></html>", false],
    ["a playlist", "#EXTM3U\n", false],
    ["an MPD without a Period", "<MPD></MPD>", false],
    ["a text about one", `x ${PLAIN}`, false],
  ] as const) {
    test(`${name}: ${expected}`, () => assert.equal(isMpd(text), expected));
  }
});

describe("HLS_OR_DASH", () => {
  test("reads either", () => {
    assert.equal(HLS_OR_DASH.read(STEERED, AT, [AT]).first, "west");
    assert.equal(
      HLS_OR_DASH.read("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nl.m3u8\n", "http://a/m", []).first,
      "a",
    );
  });
  test("knows both from an error page", () =>
    assert.deepEqual([PLAIN, "#EXTM3U\n", "<html/>"].map(HLS_OR_DASH.isManifest), [
      true,
      true,
      false,
    ]));
});

test("a reference is what it means, and what means nothing stays", () =>
  assert.equal(
    unescapeXml("&lt;&#65;&#x42;&amp;amp;&nobody;&#9999999;"),
    "<AB&amp;&nobody;&#9999999;",
  ));
