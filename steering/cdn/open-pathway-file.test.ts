import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { openPathwayFile } from "./open-pathway-file.ts";

const fileOf = (...ids: string[]) =>
  `pathways:\n${ids.map((id) => `  - { id: ${id}, url: 'https://${id}.example', region: east }\n`).join("")}`;

async function openRig(t: TestContext, text = fileOf("cdn-a")) {
  const folder = await mkdtemp(join(tmpdir(), "pathway-file-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "pathways.yaml");
  /** As an editor or a deployment does: the new file takes the place of the old one at once. */
  const write = async (content: string) => {
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
  };
  await write(text);
  const opening = await openPathwayFile({ path, isTaken: (id) => id === "east-1" });
  const opened = opening.ok ? opening.opened : undefined;
  return {
    path,
    write,
    problems: opening.ok ? [] : opening.problems,
    ids: () => opened?.file.pathways.map(({ id }) => id),
    look: async () => {
      const look = await opened?.look();
      return look?.outcome === "broken" ? look.problems.join() : look?.outcome;
    },
  };
}

describe("a file of pathways", () => {
  test("is read when it is opened", async (t) => {
    const rig = await openRig(t);
    assert.deepEqual(rig.ids(), ["cdn-a"]);
    assert.equal(await rig.look(), "unchanged");
  });
  test("is read again when it has changed, and only then", async (t) => {
    const rig = await openRig(t);
    await rig.write(fileOf("cdn-b"));
    assert.equal(await rig.look(), "changed");
    assert.deepEqual(rig.ids(), ["cdn-b"]);
    assert.equal(await rig.look(), "unchanged");
  });
  test("that is broken is told once, and the last good one stays", async (t) => {
    const rig = await openRig(t);
    await rig.write("pathways: [");
    assert.match((await rig.look()) ?? "", /at line 1/);
    assert.equal(await rig.look(), "unchanged");
    assert.deepEqual(rig.ids(), ["cdn-a"]);
    await rig.write(fileOf("cdn-c"));
    assert.equal(await rig.look(), "changed");
    assert.deepEqual(rig.ids(), ["cdn-c"]);
  });
  test("that takes an appliance's id is refused", async (t) => {
    const rig = await openRig(t);
    await rig.write(fileOf("cdn-a", "east-1"));
    assert.equal(await rig.look(), 'line 3, pathways[1].id: an appliance is named "east-1"');
    assert.deepEqual(rig.ids(), ["cdn-a"]);
  });
  test("that is taken away is told once, and the last good one stays", async (t) => {
    const rig = await openRig(t);
    await rm(rig.path);
    assert.equal(await rig.look(), "it cannot be read (ENOENT)");
    assert.equal(await rig.look(), "unchanged");
    assert.deepEqual(rig.ids(), ["cdn-a"]);
    await rig.write(fileOf("cdn-a", "cdn-b"));
    assert.equal(await rig.look(), "changed");
  });
  test("that is too long is not even read", async (t) => {
    const rig = await openRig(t);
    await rig.write(`#${" ".repeat(600_000)}`);
    assert.match((await rig.look()) ?? "", /is longer than/);
  });
  test("is looked at once at a time", async (t) => {
    const rig = await openRig(t);
    await rig.write(fileOf("cdn-b"));
    assert.deepEqual(await Promise.all([rig.look(), rig.look()]), ["changed", "changed"]);
  });
});

describe("a file that is no good to begin with", () => {
  test("is not opened", async (t) => {
    const rig = await openRig(t, "pathways: 5");
    assert.deepEqual(rig.problems, ["line 1, pathways: must be array"]);
  });
  test("or is not there, is not opened", async () => {
    const opening = await openPathwayFile({ path: "/nowhere/at-all", isTaken: () => false });
    assert.deepEqual(opening, { ok: false, problems: ["it cannot be read (ENOENT)"] });
  });
});
