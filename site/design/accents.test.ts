import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accentColor, accentOf, type Oklch, placeOf } from "./accents.ts";

type Rgb = readonly [number, number, number];

const REGIONS = ["east", "west", "north", "south", "central", "overseas"];
const DARK_GROUND: Rgb = linearOf("#14161b");
const LIGHT_GROUND: Rgb = linearOf("#ffffff");

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear sRGB. */
const COLOUR_BLINDNESS: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe("placeOf()", () => {
  for (const [id, region, index] of [
    ["east-1", "east", 0],
    ["us-west-12", "us-west", 11],
    ["edge7", "edge", 6],
    ["east-0", "east", 0],
    ["cdn", "cdn", 0],
  ] as const) {
    test(`${id} is box ${index} of ${region}`, () =>
      assert.deepEqual(placeOf(id), { region, index }));
  }
});

test("an accent follows from the name alone", () =>
  assert.equal(accentColor("east-2"), accentColor("east-2")));

test("fifty boxes in five regions have fifty different accents", () => {
  const accents = REGIONS.slice(0, 5).flatMap((region) =>
    Array.from({ length: 10 }, (_, index) => JSON.stringify(accentOf({ region, index }))),
  );
  assert.equal(new Set(accents).size, 50);
});

test("the first boxes of the known regions have six different hues", () =>
  assert.equal(new Set(REGIONS.map((region) => accentOf({ region, index: 0 }).dark.hue)).size, 6));

test("boxes that follow each other in a region differ in mark and in lightness", () => {
  for (const region of [...REGIONS, "elsewhere"]) {
    for (let index = 0; index < 24; index += 1) {
      const one = accentOf({ region, index });
      const next = accentOf({ region, index: index + 1 });
      assert.notEqual(one.mark, next.mark);
      assert.notEqual(one.dark.lightness, next.dark.lightness);
    }
  }
});

test("every accent stands out from its ground by 3 to 1 (WCAG 1.4.11)", () => {
  for (const region of REGIONS) {
    for (let index = 0; index < 3; index += 1) {
      const { dark, light } = accentOf({ region, index });
      assert.ok(contrast(linearRgb(dark), DARK_GROUND) >= 3, `${region} ${index} on dark`);
      assert.ok(contrast(linearRgb(light), LIGHT_GROUND) >= 3, `${region} ${index} on light`);
    }
  }
});

describe("the demo's three boxes stay apart in colour", () => {
  const boxes = ["east-1", "east-2", "west-1"].map((id) => accentOf(placeOf(id)));
  const eyes = { "full colour": undefined, ...COLOUR_BLINDNESS };
  for (const [eye, matrix] of Object.entries(eyes)) {
    for (const theme of ["dark", "light"] as const) {
      test(`with ${eye}, on ${theme}`, () => {
        const seen = boxes.map((accent) => oklabOf(see(linearRgb(accent[theme]), matrix)));
        for (const [index, one] of seen.entries()) {
          for (const other of seen.slice(index + 1)) {
            const distance = Math.hypot(...one.map((value, axis) => value - (other[axis] ?? 0)));
            assert.ok(distance >= 0.09, `only ${distance.toFixed(3)} apart`);
          }
        }
      });
    }
  }
});

test("regions that a colour-blind eye confuses differ in the marks of their first boxes", () => {
  const accents = REGIONS.map((region) => accentOf({ region, index: 0 }));
  for (const [index, one] of accents.entries()) {
    for (const other of accents.slice(index + 1)) {
      if (one.mark !== other.mark) continue;
      for (const matrix of Object.values(COLOUR_BLINDNESS)) {
        const [a, b] = [one, other].map(({ dark }) => oklabOf(see(linearRgb(dark), matrix)));
        assert.ok(a && b && Math.hypot(...a.map((value, axis) => value - (b[axis] ?? 0))) >= 0.09);
      }
    }
  }
});

function see(rgb: Rgb, matrix: readonly [Rgb, Rgb, Rgb] | undefined): Rgb {
  if (matrix === undefined) return rgb;
  const [red, green, blue] = rgb;
  const row = ([r, g, b]: Rgb) => Math.min(1, Math.max(0, r * red + g * green + b * blue));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** Ottosson 2020, clipped to the sRGB gamut. */
function linearRgb({ lightness, chroma, hue }: Oklch): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function oklabOf([red, green, blue]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function linearOf(hex: string): Rgb {
  const channel = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function contrast(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
