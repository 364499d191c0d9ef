/**
 * Draws one run: a lane for each pathway with the video segments that it served, what was in hand below
 * them, the fault as a shade behind all, and a bar wherever the picture stood still.
 *
 * The drawing is stretched to the page's width, so it holds no letters; those stand beside it.
 */
import type { LabRun, LabServing, LabSpan } from "../../contract/lab-result.ts";
import { isVideo } from "./judge-serving.ts";

const WIDTH = 1_000;
const HEIGHT = 68;
const LANES = { A: 6, B: 22 } as const;
const LANE_HEIGHT = 12;
const PROBE_HEIGHT = 4;
const BUFFER_TOP = 40;
const FLOOR = HEIGHT;
/** What fills the room for the buffer; more is drawn no higher. */
const MOST_BUFFER_SECONDS = 14;
/** What came at once is seen all the same. */
const NARROWEST = 5;
const TICK_SECONDS = 10;

export function labTimeline({ player, timeline }: LabRun): string {
  const { endSeconds, fault, stalls, served } = timeline;
  const x = (seconds: number) => (Math.min(seconds, endSeconds) / endSeconds) * WIDTH;
  const band = ({ fromSeconds, toSeconds }: LabSpan, y: number, height: number, name: string) =>
    `<rect class="${name}" x="${fixed(x(fromSeconds))}" y="${y}" width="${fixed(Math.max(NARROWEST, x(toSeconds) - x(fromSeconds)))}" height="${height}"/>`;
  const video = served.filter(({ stream, bytes }) => isVideo(stream) && bytes > 0);
  const parts = [
    ...(fault === null ? [] : [band(fault, 0, HEIGHT, "fault-span")]),
    ...stalls.map((stall) => band(stall, 0, HEIGHT, "still")),
    ...Object.values(LANES).map(
      (y) =>
        `<rect class="rail" x="0" y="${y + LANE_HEIGHT / 2 - 0.5}" width="${WIDTH}" height="1"/>`,
    ),
    bufferPath(timeline.buffer, x),
    ...video.map((each) => {
      const name = `on-${each.pathway.toLowerCase()}${each.whole ? "" : " cut"}`;
      const y = LANES[each.pathway];
      return each.probe
        ? band(each, y + (LANE_HEIGHT - PROBE_HEIGHT) / 2, PROBE_HEIGHT, name)
        : band(each, y, LANE_HEIGHT, name);
    }),
    ...stalls.map((stall) => band(stall, 0, 3, "still-bar")),
  ];
  return `<div class="timeline">
<span class="lane" style="top:${LANES.A}px">A</span><span class="lane" style="top:${LANES.B}px">B</span>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${player}: ${inWords(video, stalls)}">${parts.join("")}</svg>
${axis(endSeconds)}
</div>`;
}

function bufferPath(
  buffer: readonly (readonly [number, number])[],
  x: (seconds: number) => number,
): string {
  const [first] = buffer;
  const last = buffer.at(-1);
  if (first === undefined || last === undefined) return "";
  const y = (seconds: number) =>
    FLOOR - (Math.min(seconds, MOST_BUFFER_SECONDS) / MOST_BUFFER_SECONDS) * (FLOOR - BUFFER_TOP);
  const points = buffer.map(([atSeconds, inHand]) => `L${fixed(x(atSeconds))} ${fixed(y(inHand))}`);
  return `<path class="in-hand" d="M${fixed(x(first[0]))} ${FLOOR}${points.join("")}L${fixed(x(last[0]))} ${FLOOR}Z"/>`;
}

function axis(endSeconds: number): string {
  const ticks = Array.from(
    { length: Math.floor(endSeconds / TICK_SECONDS) + 1 },
    (_, index) => index * TICK_SECONDS,
  );
  const marks = ticks.map(
    (seconds) =>
      `<span style="left:${fixed((seconds / endSeconds) * 100)}%">${seconds}${seconds === ticks.at(-1) ? " s" : ""}</span>`,
  );
  return `<div class="axis" aria-hidden="true">${marks.join("")}</div>`;
}

function inWords(video: readonly LabServing[], stalls: readonly LabSpan[]): string {
  const count = (pathway: LabServing["pathway"]) =>
    video.filter((each) => each.pathway === pathway && each.whole && !each.probe).length;
  const frozen =
    stalls.length === 0
      ? "never frozen"
      : `frozen ${stalls.map(({ fromSeconds, toSeconds }) => `from ${fromSeconds.toFixed(1)} to ${toSeconds.toFixed(1)} s`).join(", ")}`;
  return `${count("A")} segments from A, ${count("B")} from B; ${frozen}`;
}

function fixed(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}
