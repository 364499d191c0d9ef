import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isValidSteeringManifest } from "@svta/common-media-library/contentsteering";
import fc from "fast-check";
import { Value } from "typebox/value";
import {
  type MultivariantPlaylist,
  readMultivariantPlaylist,
} from "../../../kernel/multivariant-playlist.ts";
import { attributeText } from "../../../kernel/playlist-lines.ts";
import { type PathwayClone, SteeringManifest } from "../../contract/steering-manifest.ts";
import { joinedPathways, type PathwayNode } from "../session/joined-pathways.ts";
import { orderPathways } from "../session/order-pathways.ts";
import { type ListedPathway, pathwayFingerprint } from "../session/viewer-session.ts";
import { locateUri } from "../source/locate-uri.ts";
import { readCloneTemplate, writeHlsClones } from "./pathway-clones.ts";
import { writePathwayPlaylist } from "./pathway-playlist.ts";
import { writeSteeringManifest } from "./steering-manifest.ts";

const AT = "http://origin/vod/master.m3u8";
const FILM = [
  '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="n",STABLE-RENDITION-ID="en",URI="en.m3u8?a=%22"',
  '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="s",STABLE-VARIANT-ID="low"\nlow.m3u8',
  '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="s"\nhigh.m3u8',
  '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="frames.m3u8"',
];
const placeOf = (uri: string) => locateUri(uri, AT);

function read(...lines: string[]): MultivariantPlaylist {
  const playlist = readMultivariantPlaylist(["#EXTM3U", ...lines].join("\n"));
  assert.ok(playlist);
  return playlist;
}

const node = (id: string, url: string): PathwayNode => ({
  id,
  url,
  fingerprint: pathwayFingerprint(url),
  isUsable: true,
});
const listedAt = (id: string, url: string): ListedPathway => ({
  id,
  fingerprint: pathwayFingerprint(url),
});

function clonesOf(
  lines: readonly string[],
  listed: readonly ListedPathway[],
  nodes: readonly PathwayNode[],
): PathwayClone[] {
  const template = readCloneTemplate(read(...lines), placeOf);
  assert.ok(template);
  const joined = joinedPathways({ listed, nodes, current: undefined, clonesAmongFirst: 6 });
  return writeHlsClones({ template, joined, listed, nodes }).map(
    ({ json }) => JSON.parse(json) as PathwayClone,
  );
}

test("a playlist with variables that only a player knows is not cloned", () => {
  const byQuery = '#EXT-X-DEFINE:QUERYPARAM="t"';
  for (const uri of ["{$t}/low.m3u8", "low.m3u8?t={$t}"]) {
    const lines = [byQuery, `#EXT-X-STREAM-INF:BANDWIDTH=1\n${uri}`];
    assert.equal(readCloneTemplate(read(...lines), placeOf), undefined);
  }
  assert.ok(readCloneTemplate(read(byQuery, ...FILM), placeOf));
});

describe("a clone", () => {
  const listed = [listedAt("a", "http://a:1")];
  const nodes = [node("a", "http://a:1"), node("b", "http://b:2")];

  test("has each stream of the playlist by its stable id, at its own node", () => {
    const [clone] = clonesOf(FILM, listed, nodes);
    const high = Object.keys(clone?.["URI-REPLACEMENT"]["PER-VARIANT-URIS"] ?? {})[1] ?? "";
    const frames = Object.keys(clone?.["URI-REPLACEMENT"]["PER-VARIANT-URIS"] ?? {})[2] ?? "";
    assert.deepEqual(clone?.["URI-REPLACEMENT"]["PER-VARIANT-URIS"], {
      low: "http://b:2/vod/low.m3u8",
      [high]: "http://b:2/vod/high.m3u8",
      [frames]: "http://b:2/vod/frames.m3u8",
    });
    assert.deepEqual(clone?.["URI-REPLACEMENT"]["PER-RENDITION-URIS"], {
      en: "http://b:2/vod/en.m3u8?a=%22",
    });
  });
  test("names the base, and itself by its address", () => {
    const [clone] = clonesOf(FILM, listed, nodes);
    assert.equal(clone?.["BASE-ID"], "a");
    assert.equal(clone?.ID, `b.${pathwayFingerprint("http://b:2")}`);
  });
  test("has HOST and PARAMS, without which VHS fails", () => {
    const [clone] = clonesOf(FILM, listed, nodes);
    assert.deepEqual(clone?.["URI-REPLACEMENT"].PARAMS, {});
    assert.equal(clone?.["URI-REPLACEMENT"].HOST, "a", "the base's: the ports differ");
  });
  test("has its own host name where that alone differs", () =>
    assert.equal(
      clonesOf(FILM, listed, [node("a", "http://a:1"), node("b", "http://b:1")])[0]?.[
        "URI-REPLACEMENT"
      ].HOST,
      "b",
    ));
  test("has its own host name where nothing is known of the base", () =>
    assert.equal(
      clonesOf(FILM, listed, [node("b", "http://b:2")])[0]?.["URI-REPLACEMENT"].HOST,
      "b",
    ));
  test("has no renditions where the playlist has none", () =>
    assert.equal(
      "PER-RENDITION-URIS" in
        (clonesOf(["#EXT-X-STREAM-INF:BANDWIDTH=1\nlow"], listed, nodes)[0]?.["URI-REPLACEMENT"] ??
          {}),
      false,
    ));
});

describe("a playlist has no clones", () => {
  for (const [name, line] of [
    ["of what lies elsewhere", "#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://cdn/low.m3u8"],
    [
      "where one id names two streams",
      '#EXT-X-STREAM-INF:BANDWIDTH=1,STABLE-VARIANT-ID="low"\nother.m3u8',
    ],
    [
      "where they would be too long",
      Array.from({ length: 800 }, (_, n) => `#EXT-X-STREAM-INF:BANDWIDTH=1\n${n}.m3u8`).join("\n"),
    ],
  ] as const) {
    test(name, () => assert.equal(readCloneTemplate(read(...FILM, line), placeOf), undefined));
  }
  test("and none is written for a viewer whose playlist is not known", () =>
    assert.deepEqual(writeHlsClones({ template: ["x"], joined: [], listed: [], nodes: [] }), []));
});

/** Addresses as they are registered: some differ in the port alone, some in the host name alone. */
const anyUrl = fc
  .tuple(
    fc.constantFrom("http", "https"),
    fc.constantFrom("a", "b", "[::1]", "10.0.0.1"),
    fc.constantFrom("", ":8080", ":8081"),
    fc.constantFrom("", "/cdn"),
  )
  .map(([scheme, host, port, path]) => `${scheme}://${host}${port}${path}`);
const anyNode = fc
  .tuple(fc.constantFrom("a", "b", "c", "d.e", "f-1_x"), anyUrl, fc.boolean())
  .map(([id, url, isUsable]): PathwayNode => ({ ...node(id, url), isUsable }));
const anyFleet = fc.uniqueArray(anyNode, { minLength: 1, maxLength: 8, selector: ({ id }) => id });

/** What HLS clients make of HOST. */
function withHost(url: string, host: string): string {
  const replaced = new URL(url);
  replaced.hostname = host;
  return replaced.href;
}

describe("whatever becomes of the fleet while a session runs", () => {
  const template = readCloneTemplate(read(...FILM), placeOf);
  const scene = fc.record({
    earlier: anyFleet,
    now: anyFleet,
    isSettling: fc.boolean(),
  });

  test("its manifest is valid, and each pathway in it is the player's or a clone", () =>
    fc.assert(
      fc.property(scene, ({ earlier, now, isSettling }) => {
        const listed = earlier.map(({ id, url }) => listedAt(id, url));
        const input = { listed, nodes: now, current: undefined };
        const joined = joinedPathways({ ...input, clonesAmongFirst: 6 });
        const clones = writeHlsClones({ template: template ?? [], joined, listed, nodes: now });
        const priority = orderPathways({
          ...input,
          joined: clones,
          isSettling,
        });
        const text = writeSteeringManifest({
          ttlSeconds: 2,
          reloadUri: "http://s",
          priority,
          clones: clones.map(({ json }) => json),
        });
        const manifest = JSON.parse(text) as SteeringManifest;
        assert.ok(isValidSteeringManifest(manifest), text);
        assert.ok(Value.Check(SteeringManifest, manifest), text);
        const offered = manifest["PATHWAY-CLONES"] ?? [];
        const playable = new Set(
          [...listed, ...offered.map((one) => ({ id: one.ID }))].map(({ id }) => id),
        );
        assert.deepEqual(new Set(manifest["PATHWAY-PRIORITY"]), playable);
        for (const clone of offered) assert.ok(listed.some(({ id }) => id === clone["BASE-ID"]));
      }),
    ));

  test("HOST leads to the node, or else leaves the base as it is", () =>
    fc.assert(
      fc.property(scene, ({ earlier, now }) => {
        const listed = earlier.map(({ id, url }) => listedAt(id, url));
        const joined = joinedPathways({
          listed,
          nodes: now,
          current: undefined,
          clonesAmongFirst: 6,
        });
        const clones = writeHlsClones({ template: template ?? [], joined, listed, nodes: now });
        for (const { node: clone, json } of clones) {
          const { "BASE-ID": baseId, "URI-REPLACEMENT": replacement } = JSON.parse(
            json,
          ) as PathwayClone;
          const base = now.find(
            ({ id, url }) =>
              id === baseId && earlier.some((one) => one.id === id && one.url === url),
          );
          if (base === undefined) continue;
          const reached = withHost(`${base.url}/x`, replacement.HOST ?? "");
          const right = [`${clone.url}/x`, `${base.url}/x`].map((url) => new URL(url).href);
          assert.ok(right.includes(reached), `${reached} of ${right.join(", ")}`);
        }
      }),
    ));

  test("a clone names each stream as a new playlist would", () =>
    fc.assert(
      fc.property(anyUrl, (url) => {
        const [clone] = clonesOf(FILM, [listedAt("a", "http://a:1")], [node("b", url)]);
        const playlist = readMultivariantPlaylist(
          writePathwayPlaylist({
            playlist: read(...FILM),
            pathways: [{ id: "b", url }],
            steeringUri: "http://s",
            placeOf,
          }),
        );
        const uris = clone?.["URI-REPLACEMENT"]["PER-VARIANT-URIS"] ?? {};
        for (const { attributes, uri } of playlist?.variants ?? []) {
          assert.equal(uris[attributeText(attributes, "STABLE-VARIANT-ID") ?? ""], uri);
        }
        const sounds = clone?.["URI-REPLACEMENT"]["PER-RENDITION-URIS"] ?? {};
        for (const { attributes, uri } of playlist?.renditions ?? []) {
          assert.equal(sounds[attributeText(attributes, "STABLE-RENDITION-ID") ?? ""], uri);
        }
      }),
    ));
});
