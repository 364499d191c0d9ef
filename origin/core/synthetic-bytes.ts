/**
 * Makes the bytes of a synthetic object at any offset, from its id and the offset alone.
 *
 * Each word of four bytes is its own number, mixed with the id. So any part can be made without what
 * stands before it, nothing is kept, and a block that was swapped with another one shows.
 */
import { hashText } from "../../kernel/seeded-random.ts";

const WORD_BYTES = 4;

/** Fills `target` with the bytes of object `id` from `offset` on. */
export function fillSynthetic(target: Uint8Array, id: string, offset: number): void {
  const misalignment = offset % WORD_BYTES;
  const words = new Uint32Array(Math.ceil((misalignment + target.length) / WORD_BYTES));
  fillWords(words, id, (offset - misalignment) / WORD_BYTES);
  // The words are laid out in the machine's order: little-endian wherever Node runs today.
  target.set(new Uint8Array(words.buffer, misalignment, target.length));
}

function fillWords(words: Uint32Array, id: string, firstNumber: number): void {
  // Two seeds, because ids that share one 32-bit hash must not share their bytes.
  const before = hashText(id);
  const after = hashText(`${id}\u0000`);
  for (let index = 0; index < words.length; index += 1) {
    let mixed = Math.imul((firstNumber + index) ^ before, 0x9e3779b1);
    mixed = Math.imul((mixed ^ (mixed >>> 15)) + after, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    words[index] = mixed ^ (mixed >>> 16);
  }
}
