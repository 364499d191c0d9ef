import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isValidSteeringManifest } from "@svta/common-media-library/contentsteering";
import fc from "fast-check";
import type { PathwayClone } from "../../contract/steering-manifest.ts";
import { writeSteeringManifest } from "../hls/steering-manifest.ts";
import { joinedPathways, type PathwayNode } from "../session/joined-pathways.ts";
import { orderPathways } from "../session/order-pathways.ts";
import { pathwayFingerprint } from "../session/viewer-session.ts";
import { readDashManifest } from "./dash-manifest.ts";
import { writeHostClones } from "./host-clones.ts";
import { writePathwayManifest } from "./pathway-manifest.ts";

const node = (id: string, url: string): PathwayNode => ({
  id,
  url,
  fingerprint: pathwayFingerprint(url),
  isUsable: true,
});

function manifestWith(base: string, period = "<Period/>") {
  const text = `<MPD>${base}${period}</MPD>`;
  const reading = readDashManifest(text, "http://origin/vod/manifest.mpd");
  assert.ok(reading.ok);
  return reading.manifest;
}

/** Of a session that has `a`, when a node is at `url`. */
function clonesOf(url: string, more: { a?: string; base?: string } = {}) {
  const a = node("a", more.a ?? "https://a");
  const nodes = [a, node("b", url)];
  const listed = [{ id: a.id, fingerprint: a.fingerprint }];
  const joined = joinedPathways({ listed, nodes, current: undefined, clonesAmongFirst: 6 });
  const manifest = manifestWith(more.base ?? "");
  return writeHostClones({ manifest, joined, listed, nodes }).map(
    ({ json }) => JSON.parse(json) as PathwayClone,
  );
}

describe("a clone for DASH", () => {
  test("is the base at another host", () =>
    assert.deepEqual(clonesOf("https://b"), [
      {
        "BASE-ID": "a",
        ID: `b.${pathwayFingerprint("https://b")}`,
        "URI-REPLACEMENT": { HOST: "b", PARAMS: {} },
      },
    ]));
  test("may have a path that the base has too", () =>
    assert.equal(clonesOf("https://b/cdn", { a: "https://a/cdn" }).length, 1));
  test("has below that path what the source has at a path from its root", () => {
    const [clone] = clonesOf("https://b/cdn", { a: "https://a/cdn" });
    const text = writePathwayManifest({
      manifest: manifestWith("", "<Period><BaseURL>/live/p1/</BaseURL></Period>"),
      pathways: [{ id: "a", url: "https://a/cdn" }],
      steeringUri: "http://s",
      refreshUri: "http://p",
    });
    const [own = "", nested = ""] = Array.from(
      text.matchAll(/<BaseURL[^>]*>([^<]*)</g),
      ([, url = ""]) => url,
    );
    const host = clone?.["URI-REPLACEMENT"].HOST;
    // As dash.js does it.
    const cloned = `https://${host}${new URL(own).pathname}`;
    assert.equal(new URL(nested, cloned).href, "https://b/cdn/live/p1/");
  });
  for (const [name, url, more] of [
    ["of another scheme", "http://b", {}],
    ["of another path", "https://b/cdn", {}],
    ["at a port, which dash.js would drop", "https://b:8443", { a: "https://a:8443" }],
    ["of what lies elsewhere", "https://b", { base: "<BaseURL>https://cdn/</BaseURL>" }],
    ["of a base with a query", "https://b", { base: "<BaseURL>x?token=1</BaseURL>" }],
  ] as const) {
    test(`is not offered ${name}`, () => assert.deepEqual(clonesOf(url, more), []));
  }
  test("is none to a viewer whose MPD is not known", () =>
    assert.deepEqual(
      writeHostClones({ manifest: manifestWith(""), joined: [], listed: [], nodes: [] }),
      [],
    ));
});

test("whatever becomes of the fleet, its manifest is valid and HOST leads where it should", () => {
  const anyNode = fc
    .tuple(
      fc.constantFrom("a", "b", "c", "d"),
      fc.constantFrom("http", "https"),
      fc.constantFrom("h", "i", "[::1]"),
      fc.constantFrom("", "", ":8080", "/cdn"),
    )
    .map(([id, scheme, host, behind]) => node(id, `${scheme}://${host}${behind}`));
  const anyFleet = fc.uniqueArray(anyNode, { minLength: 1, selector: ({ id }) => id });
  const manifest = manifestWith("");
  fc.assert(
    fc.property(anyFleet, anyFleet, (earlier, nodes) => {
      const listed = earlier.map(({ id, fingerprint }) => ({ id, fingerprint }));
      const input = { listed, nodes, current: undefined };
      const joined = joinedPathways({ ...input, clonesAmongFirst: 6 });
      const clones = writeHostClones({ manifest, joined, listed, nodes });
      const order = orderPathways({
        ...input,
        joined: clones,
        isSettling: false,
      });
      const text = writeSteeringManifest({
        ttlSeconds: 1,
        reloadUri: "http://s",
        priority: order,
        clones: clones.map(({ json }) => json),
      });
      assert.ok(isValidSteeringManifest(JSON.parse(text)), text);
      for (const { node: clone, json } of clones) {
        const { "BASE-ID": baseId, "URI-REPLACEMENT": replacement } = JSON.parse(
          json,
        ) as PathwayClone;
        const base = new URL(earlier.find(({ id }) => id === baseId)?.url ?? "");
        // As dash.js does it.
        assert.equal(
          new URL(`${base.protocol}//${replacement.HOST}${base.pathname}`).href,
          new URL(clone.url).href,
        );
      }
    }),
  );
});
