/**
 * Makes the test streams: `node media/make-test-streams.ts <folder> [segments]`.
 *
 * Keys, byte ranges, captions, a gap and low-latency parts, each as a folder with a `master.m3u8`.
 */
import { join } from "node:path";
import { writeTestStreams } from "./make/test-streams.ts";

const TITLE = "a-whale-named-tuesday";
const DEFAULT_SEGMENTS = 12;

const [folder, segments = String(DEFAULT_SEGMENTS)] = process.argv.slice(2);
if (folder === undefined || !(Number(segments) > 0)) {
  process.stderr.write("Say where to: node media/make-test-streams.ts <folder> [segments]\n");
  process.exit(2);
}
await writeTestStreams({
  titleFolder: join(import.meta.dirname, "titles", TITLE),
  folder,
  segments: Number(segments),
});
