/** Checks that each way of packaging holds the same bytes as the title that it was made of. */
import assert from "node:assert/strict";
import { createDecipheriv } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readAttributes, readPlaylistLines } from "../kernel/playlist-lines.ts";
import { boxesAt, decodeTimeOf, durationOf } from "./make/mp4-boxes.ts";
import { writeTestStreams } from "./make/test-streams.ts";

const TITLE = join(import.meta.dirname, "titles", "a-whale-named-tuesday");
const SEGMENTS = 10;
const folder = mkdtempSync(join(tmpdir(), "understudy-test-streams-"));
const made = (...path: readonly string[]) => readFileSync(join(folder, ...path));
const original = (track: string, index: number) =>
  readFileSync(join(TITLE, track, `segment-${String(index + 1).padStart(5, "0")}.m4s`));

before(() => writeTestStreams({ titleFolder: TITLE, folder, segments: SEGMENTS }));
after(() => rmSync(folder, { recursive: true }));

test("an encrypted segment is the title's once it is decrypted, with the IV that is written", () => {
  const lines = readPlaylistLines(made("keys", "video.m3u8").toString());
  const keys = lines.flatMap((line) =>
    line.kind === "tag" && line.name === "EXT-X-KEY" ? [readAttributes(line.value)] : [],
  );
  for (const index of [0, SEGMENTS - 1]) {
    const uri = keys[index]?.get("URI")?.replaceAll('"', "") ?? "";
    const iv = Buffer.from(keys[index]?.get("IV")?.slice(2) ?? "", "hex");
    const decipher = createDecipheriv("aes-128-cbc", made("keys", uri), iv);
    const file = `video-${String(index + 1).padStart(3, "0")}.m4s`;
    const clear = Buffer.concat([decipher.update(made("keys", file)), decipher.final()]);
    assert.ok(clear.equals(original("video-240", index)));
  }
  assert.equal(new Set(keys.map((key) => key.get("URI"))).size, 2);
});

test("without an IV, the sequence number is it", () => {
  const key = made("keys", "audio-1.key");
  const iv = Buffer.alloc(16);
  iv[15] = 3;
  const decipher = createDecipheriv("aes-128-cbc", key, iv);
  const clear = Buffer.concat([decipher.update(made("keys", "audio-003.m4s")), decipher.final()]);
  assert.ok(clear.equals(original("audio", 2)));
});

test("byte ranges follow each other in one file, and are the title's segments", () => {
  const file = made("ranges", "video.mp4");
  const text = made("ranges", "video.m3u8").toString();
  let at = Number(/@(\d+)$/m.exec(text)?.[1]);
  for (const [index, [, length]] of [...text.matchAll(/^#EXT-X-BYTERANGE:(\d+)/gm)].entries()) {
    assert.ok(file.subarray(at, at + Number(length)).equals(original("video-240", index)));
    at += Number(length);
  }
  assert.equal(at, file.length);
});

for (const [track, folderName] of [
  ["video", "video-240"],
  ["audio", "audio"],
] as const) {
  test(`the parts of the ${track} are its segments, cut into four`, () => {
    for (const index of [0, 4]) {
      const whole = original(folderName, index);
      const name = `${track}-${String(index + 1).padStart(3, "0")}`;
      const parts = [0, 1, 2, 3].map((part) => made("parts", `${name}.${part}.m4s`));
      const media = parts.flatMap((part) => boxesAt(part, "mdat"));
      assert.ok(Buffer.concat(media).equals(boxesAt(whole, "mdat")[0] as Buffer));
      let time = decodeTimeOf(whole);
      for (const part of parts) {
        assert.equal(decodeTimeOf(part), time);
        time += durationOf(part);
      }
      assert.equal(time, decodeTimeOf(whole) + durationOf(whole));
      assert.ok(made("parts", `${name}.m4s`).equals(Buffer.concat(parts)));
    }
  });
}

test("a gap has no file", () => {
  const [gap] = /#EXT-X-GAP\n.*\n(.*)/.exec(made("gap", "video.m3u8").toString()) ?? [];
  assert.match(gap ?? "", /video-005\.m4s$/);
  assert.throws(() => made("gap", "video-005.m4s"), /ENOENT/);
});
