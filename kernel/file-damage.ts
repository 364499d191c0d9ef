/**
 * What power cuts and bad disks do to a file: its end is gone, a stretch of it is zeros, or a bit is
 * another one. A value first and a deed second, so that a run that found something can be told and
 * played again.
 */
import type { Random } from "./seeded-random.ts";

export type FileDamage =
  | { readonly kind: "torn"; readonly atByte: number }
  | { readonly kind: "zeroed"; readonly atByte: number; readonly lengthBytes: number }
  | { readonly kind: "flipped"; readonly atByte: number; readonly bit: number };

export type FileDamageKind = FileDamage["kind"];

export const FILE_DAMAGE_KINDS = ["torn", "zeroed", "flipped"] as const satisfies FileDamageKind[];

/** Disks and page caches lose whole blocks. */
const BLOCK_BYTES = 4096;
const MOST_BLOCKS = 16;

/** Draws damage for a file of at least one byte. */
export function drawFileDamage(sizeBytes: number, random: Random): FileDamage {
  const kind = FILE_DAMAGE_KINDS[Math.floor(random() * FILE_DAMAGE_KINDS.length)] ?? "torn";
  const atByte = Math.floor(random() * sizeBytes);
  switch (kind) {
    case "torn":
      return { kind, atByte };
    case "zeroed": {
      const blocks = 1 + Math.floor(random() * MOST_BLOCKS);
      return { kind, atByte, lengthBytes: Math.min(blocks * BLOCK_BYTES, sizeBytes - atByte) };
    }
    case "flipped":
      return { kind, atByte, bit: Math.floor(random() * 8) };
  }
}

/** The file as the damage leaves it; the one given stays as it is. */
export function damageFile(file: Uint8Array, damage: FileDamage): Uint8Array {
  if (damage.kind === "torn") return file.slice(0, damage.atByte);
  const damaged = file.slice();
  const { atByte } = damage;
  if (damage.kind === "zeroed") return damaged.fill(0, atByte, atByte + damage.lengthBytes);
  damaged[atByte] = (damaged[atByte] ?? 0) ^ (1 << damage.bit);
  return damaged;
}
