/**
 * Which byte does a body of one kind begin with?
 *
 * An answer is announced with its first byte before all of it has been looked at, and a byte that is given
 * out cannot be taken back. What begins as none of its kind does is damaged, or no media: it is better
 * looked at first. Where bodies begin alike nowhere, as encrypted ones do, nothing is expected of any.
 */
import { endingOf, MP4_ENDINGS } from "../core/body/mp4-boxes.ts";

/** The length of an MP4's first box, which is below 16 MiB; the sync byte of MPEG-TS. */
const BY_FORMAT = [...MP4_ENDINGS.map((ending) => [ending, 0] as const), ["ts", 0x47] as const];

export class FirstBytes {
  /** By the ending of the name. */
  readonly #usual = new Map<string, number | "any">(BY_FORMAT);

  isLikely(url: string, byte: number): boolean {
    const usual = this.#usual.get(endingOf(url)) ?? "any";
    return usual === "any" || usual === byte;
  }

  /** Such is a good one. */
  note(url: string, body: ArrayBuffer): void {
    const [byte] = new Uint8Array(body);
    if (byte === undefined) return;
    const ending = endingOf(url);
    const usual = this.#usual.get(ending) ?? byte;
    this.#usual.set(ending, usual === byte ? byte : "any");
  }
}
