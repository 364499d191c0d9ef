/** Checks the channels as they are committed: who they are, and that their titles are here. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const channelsFolder = join(import.meta.dirname, "channels");
const titleIds = readdirSync(join(import.meta.dirname, "titles"));
const files = readdirSync(channelsFolder);

test("there is a channel", () => assert.ok(files.length > 0));

for (const file of files) {
  const channel = JSON.parse(readFileSync(join(channelsFolder, file), "utf8"));

  test(`${file}: is described, by a name that no title has`, () => {
    assert.equal(`${channel.id}.json`, file);
    assert.ok(!titleIds.includes(channel.id));
    for (const text of [channel.name, channel.synopsis]) assert.ok(text.trim().length > 0);
    assert.match(channel.accentColor, /^#[0-9a-f]{6}$/);
  });

  test(`${file}: shows titles that are here`, () => {
    assert.ok(channel.titles.length > 0);
    assert.deepEqual(
      channel.titles.filter((id: string) => !titleIds.includes(id)),
      [],
    );
  });
}
