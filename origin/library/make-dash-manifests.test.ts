import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { DOMParser, type Element } from "@xmldom/xmldom";
import { DASH_POLICY, LIBRARY_POLICY } from "../config.ts";
import { readDecodeTime } from "../core/track-clock.ts";
import { makeDashManifests } from "./make-dash-manifests.ts";
import { openMediaFolder } from "./media-folder.rig.ts";
import { readLibrary } from "./read-library.ts";

const STREAMS = { audio: [2.005333, 1.984], v: [2, 2] };

async function openFolder(t: TestContext) {
  const folder = await openMediaFolder();
  t.after(() => folder.remove());
  await folder.writeBoxedTitle("one", STREAMS);
  await folder.writeBoxedTitle("two", STREAMS);
  const make = async () => folder.makeManifests((await folder.read()).library);
  return { make, at: (path: string) => join(folder.path, "titles", path) };
}

describe("makeDashManifests()", () => {
  test("makes one for each title", async (t) => {
    const { make } = await openFolder(t);
    const { manifests, warnings } = await make();
    assert.deepEqual(warnings, []);
    assert.deepEqual([...manifests.keys()], ["one/manifest.mpd", "two/manifest.mpd"]);
    // Of 2.005333 s at 48 kHz, where the playlist had to round.
    assert.match(manifests.get("one/manifest.mpd") ?? "", /<S t="0" d="96256"\/>/);
  });
  test("leaves a title that brings its own as it is", async (t) => {
    const { make, at } = await openFolder(t);
    await writeFile(at("one/manifest.mpd"), "<MPD/>");
    const { manifests, warnings } = await make();
    assert.deepEqual([[...manifests.keys()], warnings], [["two/manifest.mpd"], []]);
  });
  for (const [name, path, content, reason] of [
    ["whose playlist cannot be listed", "one/v/index.m3u8", "#EXTM3U\n", /no init section/],
    ["whose init section is none", "one/v/init.mp4", "init", /init\.mp4 describes no single track/],
    ["with an empty segment", "one/v/1.m4s", "", /1\.m4s does not say when it begins/],
    ["with a segment of no boxes", "one/v/1.m4s", "text", /1\.m4s does not say when it begins/],
    ["without codecs", "one/master.m3u8", undefined, /one codec/],
  ] as const) {
    test(`leaves out that of a title ${name}, with one warning`, async (t) => {
      const { make, at } = await openFolder(t);
      const without = (await readFile(at(path), "utf8")).replaceAll(/CODECS="[^"]*",/g, "");
      await writeFile(at(path), content ?? without);
      const { manifests, warnings } = await make();
      assert.deepEqual([...manifests.keys()], ["two/manifest.mpd"]);
      assert.deepEqual(
        warnings.map(([title]) => title),
        ["one"],
      );
      assert.match(warnings[0]?.[1] ?? "", reason);
    });
  }
  test("does not trust files that changed since they were listed", async (t) => {
    const folder = await openMediaFolder();
    t.after(() => folder.remove());
    await folder.writeBoxedTitle("one", STREAMS);
    const { library } = await folder.read();
    await rm(join(folder.path, "titles/one/v/1.m4s"));
    const { manifests, warnings } = await folder.makeManifests(library);
    assert.deepEqual([manifests.size, warnings.length], [0, 1]);
  });
});

const MEDIA = join(import.meta.dirname, "../../media/titles");

test("each title of the demo has one whose times are those in its segments", async () => {
  const warnings: unknown[] = [];
  const warn = (warning: unknown) => warnings.push(warning);
  const library = await readLibrary({ folder: MEDIA, policy: LIBRARY_POLICY, warn });
  const manifests = await makeDashManifests({ library, policy: DASH_POLICY, warn });
  assert.deepEqual(warnings, []);
  assert.equal(manifests.size, library.titles.length);

  for (const { id, durationSeconds } of library.titles) {
    const text = manifests.get(`${id}/manifest.mpd`) ?? "";
    const root = new DOMParser().parseFromString(text, "application/xml").documentElement;
    assert.ok(root);
    assert.equal(root.getAttribute("mediaPresentationDuration"), `PT${durationSeconds}S`);
    const master = await readFile(join(MEDIA, id, "master.m3u8"), "utf8");
    const stableIds = Array.from(master.matchAll(/STABLE-\w+-ID="([^"]+)"/g), ([, one]) => one);
    const representations = Array.from(root.getElementsByTagName("Representation"));
    assert.deepEqual(
      representations.map((one) => one.getAttribute("id")).sort(),
      stableIds.toSorted(),
    );
    for (const representation of representations) {
      const [template] = Array.from(representation.getElementsByTagName("SegmentTemplate"));
      assert.ok(template);
      // What the Period begins with is what the first segment begins with.
      assert.equal(template.getAttribute("presentationTimeOffset"), "0");
      assert.ok(library.files.has(`${id}/${template.getAttribute("initialization")}`));
      const listed = listSegments(template);
      assert.equal(listed.length, 32);
      for (const { path, startTicks } of listed) {
        assert.equal(readDecodeTime(await readFile(join(MEDIA, id, path))), startTicks, path);
      }
      const timescale = Number(template.getAttribute("timescale"));
      assert.equal(listed.at(-1)?.endTicks, durationSeconds * timescale);
    }
  }
});

/** Every segment as a player works it out: its name, and from when to when it lasts. */
function listSegments(template: Element) {
  const listed: { path: string; startTicks: number; endTicks: number }[] = [];
  let startTicks = 0;
  for (const run of Array.from(template.getElementsByTagName("S"))) {
    startTicks = Number(run.getAttribute("t") ?? startTicks);
    for (let left = Number(run.getAttribute("r") ?? 0); left >= 0; left -= 1) {
      const number = Number(template.getAttribute("startNumber")) + listed.length;
      const media = template.getAttribute("media") ?? "";
      const endTicks = startTicks + Number(run.getAttribute("d"));
      const path = media.replace("$Number%05d$", String(number).padStart(5, "0"));
      listed.push({ path, startTicks, endTicks });
      startTicks = endTicks;
    }
  }
  return listed;
}
