/**
 * Smooth noise without state: the same place always has the same value, from 0 to 1.
 *
 * Value noise on an integer lattice; cheap enough to ask for every pixel of a small picture.
 */
export function noiseAt(x: number, y = 0): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const across = ease(x - column);
  const down = ease(y - row);
  const top = mix(lattice(column, row), lattice(column + 1, row), across);
  const bottom = mix(lattice(column, row + 1), lattice(column + 1, row + 1), across);
  return mix(top, bottom, down);
}

/** Noise with detail: four octaves, still from 0 to 1. */
export function cloudAt(x: number, y = 0): number {
  const broad = noiseAt(x, y) * 0.533 + noiseAt(x * 2.03 + 17, y * 2.03 + 5) * 0.267;
  return (
    broad + noiseAt(x * 4.1 + 31, y * 4.1 + 11) * 0.133 + noiseAt(x * 8.3, y * 8.3 + 23) * 0.067
  );
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 0 below `from`, 1 above `to`, an S between them; `from` may be the greater one. */
export function rise(from: number, to: number, value: number): number {
  return ease(Math.min(1, Math.max(0, (value - from) / (to - from))));
}

function ease(share: number): number {
  return share * share * (3 - 2 * share);
}

function lattice(column: number, row: number): number {
  let mixed = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
