import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { CHANNELS_POLICY, LIBRARY_POLICY } from "../config.ts";
import { openMediaFolder } from "./media-folder.rig.ts";
import { readChannels } from "./read-channels.ts";
import { readLibrary } from "./read-library.ts";

const STREAMS = { audio: [2, 2], v: [2, 2] };

async function openFolder(t: TestContext) {
  const folder = await openMediaFolder();
  t.after(() => folder.remove());
  await folder.writeTitle("one", STREAMS);
  await folder.writeTitle("two", STREAMS);
  return folder;
}

describe("readChannels()", () => {
  test("reads what each channel is and shows", async (t) => {
    const folder = await openFolder(t);
    await folder.writeChannel("night", { titles: ["two", "one"] });
    await folder.writeChannel("again", { titles: ["one", "one"], language: "zxx" });
    const { channels, warnings } = await folder.read();
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      channels.map(({ program, ...channel }) => [channel, program.loopMs]),
      [
        [
          {
            id: "again",
            name: "A Channel",
            synopsis: "What is on.",
            accentColor: "#0000ff",
            titleIds: ["one", "one"],
            posterPath: "/vod/one/poster.jpg",
          },
          8_000,
        ],
        [
          {
            id: "night",
            name: "A Channel",
            synopsis: "What is on.",
            accentColor: "#0000ff",
            titleIds: ["two", "one"],
            posterPath: "/vod/two/poster.jpg",
          },
          8_000,
        ],
      ],
    );
  });

  for (const [name, facts, reason] of [
    ["one", {}, /a title has the id one/],
    ["misnamed", { id: "other" }, /has the id other/],
    ["no-name", { name: 7 }, /name/],
    ["no-title", { titles: [] }, /titles/],
    ["lost", { titles: ["one", "three"] }, /title three is missing/],
    ["mixed", { titles: ["one", "small"] }, /streams of small differ from those of one/],
    ["broken", "{", /JSON/],
    ["long", { synopsis: "x".repeat(2_000) }, /bytes of 1000/],
  ] as const) {
    test(`leaves out channel ${name} with one warning`, async (t) => {
      const folder = await openFolder(t);
      await folder.writeTitle("small", { v: [2] });
      await folder.writeChannel(name, facts);
      await folder.writeChannel("well", {});
      const { channels, warnings } = await folder.read({ maxChannelFileBytes: 1_000 });
      assert.deepEqual(
        channels.map(({ id }) => id),
        ["well"],
      );
      assert.deepEqual(
        warnings.map(([channel]) => channel),
        [name],
      );
      assert.match(warnings[0]?.[1] ?? "", reason);
    });
  }

  test("leaves out a channel whose playlists are too long to be read", async (t) => {
    const folder = await openFolder(t);
    await folder.writeChannel("well", {});
    const { channels, warnings } = await folder.read({ maxPlaylistBytes: 10 });
    assert.deepEqual([channels.length, warnings.length], [0, 1]);
    assert.match(warnings[0]?.[1] ?? "", /bytes of 10/);
  });
  test("has no channels where there is no folder", async (t) => {
    const { channels, warnings } = await (await openFolder(t)).read();
    assert.deepEqual([channels, warnings], [[], []]);
  });
  test("reads files of JSON only, and follows no link", async (t) => {
    const folder = await openFolder(t);
    await folder.writeChannel("well", {});
    await writeFile(join(folder.path, "channels/README.md"), "# channels");
    await symlink(join(folder.path, "channels/well.json"), join(folder.path, "channels/l.json"));
    await mkdir(join(folder.path, "channels/deep.json"));
    const { channels, warnings } = await folder.read();
    assert.deepEqual([channels.length, warnings], [1, []]);
  });
  test("refuses a folder that is none, and one that holds too many", async (t) => {
    const folder = await openFolder(t);
    await folder.writeChannel("well", {});
    await assert.rejects(folder.read({ maxChannels: 0 }), { name: "LibraryError" });
    const { library } = await folder.read();
    const file = join(folder.path, "channels/well.json");
    await assert.rejects(
      readChannels({ folder: file, library, policy: CHANNELS_POLICY, warn: () => {} }),
      { name: "LibraryError" },
    );
  });
});

test("the channels that come with the demo are on the air", async () => {
  const media = join(import.meta.dirname, "../../media");
  const warnings: unknown[] = [];
  const library = await readLibrary({
    folder: join(media, "titles"),
    policy: LIBRARY_POLICY,
    warn: (warning) => warnings.push(warning),
  });
  const channels = await readChannels({
    folder: join(media, "channels"),
    library,
    policy: CHANNELS_POLICY,
    warn: (warning) => warnings.push(warning),
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    channels.map(({ id, titleIds, program }) => [id, titleIds.length, program.loopMs]),
    [["channel-one", 4, 256_000]],
  );
  // The same number means the same moment in every stream.
  const counts = channels[0]?.program.streams.map(({ id, segments }) => [id, segments.length]);
  assert.deepEqual(counts, [
    ["audio", 128],
    ["video-360", 128],
    ["video-540", 128],
    ["video-240", 128],
  ]);
});
