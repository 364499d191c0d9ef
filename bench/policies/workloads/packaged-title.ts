/**
 * The objects of one title or channel as a packager would name and size them: a ladder of video
 * renditions and one of sound, each an init segment and segments of six seconds.
 */
import { hashText } from "../../../kernel/seeded-random.ts";
import type { TraceBuilder } from "../trace.ts";

export const SEGMENT_MS = 6_000;
export const LADDER = [
  { name: "video-240", bitsPerSecond: 400_000 },
  { name: "video-360", bitsPerSecond: 900_000 },
  { name: "video-540", bitsPerSecond: 1_800_000 },
  { name: "video-720", bitsPerSecond: 3_500_000 },
  { name: "video-1080", bitsPerSecond: 6_000_000 },
] as const;
export const TOP_RUNG = LADDER.length - 1;
const SOUND = { name: "audio", bitsPerSecond: 128_000 } as const;
const INIT_BYTES = 1_200;

export class PackagedTitle {
  readonly #path: string;
  readonly #builder: TraceBuilder;
  readonly #segments = new Map<number, number>();

  constructor(path: string, builder: TraceBuilder) {
    this.#path = path;
    this.#builder = builder;
  }

  askForSegment(atMs: number, rung: number, number: number): void {
    // One number names rung and place; the sound counts as the rung above the ladder.
    const place = number * (LADDER.length + 1) + rung;
    let index = this.#segments.get(place);
    if (index === undefined) {
      index = this.#packageSegment(rung, number);
      this.#segments.set(place, index);
    }
    this.#builder.ask(atMs, index);
  }

  askForSound(atMs: number, number: number): void {
    this.askForSegment(atMs, LADDER.length, number);
  }

  askForInit(atMs: number, rung: number): void {
    const key = `${this.#path}/${renditionAt(rung).name}/init.mp4`;
    this.#builder.ask(atMs, this.#builder.objectIndex(key, INIT_BYTES));
  }

  #packageSegment(rung: number, number: number): number {
    const { name, bitsPerSecond } = renditionAt(rung);
    const key = `${this.#path}/${name}/segment-${String(number).padStart(5, "0")}.m4s`;
    // Scenes differ: between 0.7 and 1.3 of the mean, the same for everybody.
    const scene = 0.7 + (0.6 * hashText(key)) / 2 ** 32;
    const meanBytes = (bitsPerSecond / 8) * (SEGMENT_MS / 1_000);
    return this.#builder.objectIndex(key, Math.round(meanBytes * scene));
  }
}

function renditionAt(rung: number): { readonly name: string; readonly bitsPerSecond: number } {
  return LADDER[rung] ?? SOUND;
}
