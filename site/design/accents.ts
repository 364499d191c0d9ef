/**
 * One accent per appliance, used wherever it appears: a hue per region, a lightness step and a mark
 * per box.
 *
 * Follows from the name alone, so that every page, every viewer and every restart agree without
 * asking anyone. Colour is never the only sign: boxes of one region share a hue and differ in mark
 * and lightness, and two regions that look alike to a colour-blind eye still differ in marks.
 */
import { hashText } from "../../kernel/seeded-random.ts";

const MARKS = [
  "triangle",
  "circle",
  "diamond",
  "square",
  "star",
  "cross",
  "wedge",
  "hexagon",
] as const;
export type Mark = (typeof MARKS)[number];

/** A colour in OKLCH: lightness 0 to 1, chroma, hue in degrees. */
export type Oklch = { readonly lightness: number; readonly chroma: number; readonly hue: number };

export type Accent = { readonly mark: Mark; readonly dark: Oklch; readonly light: Oklch };

/** Where a box stands: its region, and its number in it from 0. */
export type BoxPlace = { readonly region: string; readonly index: number };

/** `east-1` is the first box of `east`; a name without a number is a region of its own. */
export function placeOf(applianceId: string): BoxPlace {
  const [, region, number] = /^(.+?)-?(\d{1,4})$/.exec(applianceId) ?? [];
  if (region === undefined) return { region: applianceId, index: 0 };
  return { region, index: Math.max(0, Number(number) - 1) };
}

export function accentOf({ region, index }: BoxPlace): Accent {
  const seat = KNOWN_REGIONS.indexOf(region);
  const regionSeat = seat === -1 ? hashText(region) % REGION_HUES.length : seat;
  const hue = REGION_HUES[regionSeat] ?? 0;
  const step = index % LIGHTNESS_ON_DARK.length;
  return {
    mark: MARKS[(regionSeat * REGION_MARK_STRIDE + index) % MARKS.length] ?? "circle",
    dark: { lightness: LIGHTNESS_ON_DARK[step] ?? 0, chroma: CHROMA_ON_DARK, hue },
    light: { lightness: LIGHTNESS_ON_LIGHT[step] ?? 0, chroma: CHROMA_ON_LIGHT, hue },
  };
}

/** The accent as one CSS colour that follows the theme. */
export function accentColor(applianceId: string): string {
  const { dark, light } = accentOf(placeOf(applianceId));
  return `light-dark(${oklchText(light)}, ${oklchText(dark)})`;
}

function oklchText({ lightness, chroma, hue }: Oklch): string {
  return `oklch(${lightness} ${chroma} ${hue})`;
}

/** Neighbours in this list are far apart in hue; blue against orange comes first because no common colour-blindness confuses them. */
const REGION_HUES = [250, 70, 165, 350, 110, 300] as const;
/** Regions that everybody uses get their seat by name; the rest by a hash of it. */
const KNOWN_REGIONS: readonly string[] = ["east", "west", "north", "south", "central", "overseas"];
/** The first boxes of two regions get different marks. */
const REGION_MARK_STRIDE = 3;
/** Three steps of lightness and eight marks: the pair repeats only after 24 boxes of a region. */
const LIGHTNESS_ON_DARK = [0.76, 0.88, 0.64] as const;
const LIGHTNESS_ON_LIGHT = [0.52, 0.4, 0.62] as const;
const CHROMA_ON_DARK = 0.13;
const CHROMA_ON_LIGHT = 0.14;
