/** Writes figures for people: three digits that count, thousands apart, units that fit. */

const MEBIBYTE = 1024 * 1024;
const KIBIBYTE = 1024;

export function writeFigure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function writeBytes(bytes: number): string {
  if (bytes >= MEBIBYTE && bytes % MEBIBYTE === 0) return `${bytes / MEBIBYTE} MiB`;
  if (bytes >= KIBIBYTE && bytes % KIBIBYTE === 0) return `${bytes / KIBIBYTE} KiB`;
  return `${bytes.toLocaleString("en-US")} B`;
}

/** `{ objectBytes: 1048576, connections: 32 }` → `1 MiB objects · 32 connections`. */
export function writeUnit(unit: Readonly<Record<string, number | string>>): string {
  return Object.entries(unit)
    .map(([name, value]) => writePart(name, value))
    .join(" · ");
}

function writePart(name: string, value: number | string): string {
  if (typeof value === "string") return value;
  if (name === "objectBytes") return `${writeBytes(value)} objects`;
  return `${value.toLocaleString("en-US")} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}
