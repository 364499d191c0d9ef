/** Reads from an operator's request which titles are to be filled, and on what terms. */
import { readRequestPath } from "../../kernel/request-path.ts";
import type { FillRequest } from "../contract/title-fill.ts";
import { cacheKeyOf } from "./cache-key.ts";
import type { HoursWindow } from "./hours-window.ts";

export type FillOrder = {
  readonly keys: readonly string[];
  readonly bytesPerSecond: number | undefined;
  readonly window: HoursWindow | undefined;
  readonly maxBandwidth: number | undefined;
};

export type FillOrderReading =
  | { readonly ok: true; readonly order: FillOrder }
  | { readonly ok: false; readonly reason: string };

const BYTES_PER_MEBIBIT = (1024 * 1024) / 8;

export function readFillOrder(request: FillRequest): FillOrderReading {
  const { url, path, mebibitsPerSecond, window, maxBandwidth } = request;
  if ((url === undefined) === (path === undefined)) {
    return { ok: false, reason: "exactly one of url and path is needed" };
  }
  const keys: string[] = [];
  for (const target of [...listOf(url).map(pathOfUrl), ...listOf(path)]) {
    const reading = readRequestPath(target);
    if (!reading.ok) return { ok: false, reason: `${target}: ${reading.reason}` };
    keys.push(cacheKeyOf(reading.path, reading.query));
  }
  const bytesPerSecond = mebibitsPerSecond && mebibitsPerSecond * BYTES_PER_MEBIBIT;
  return { ok: true, order: { keys, bytesPerSecond, window, maxBandwidth } };
}

function listOf(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === "string" ? [given] : given;
}

/** The host is ignored: whatever it says, it is our own origin that is asked. */
function pathOfUrl(url: string): string {
  return url.replace(/^https?:\/\/[^/?#]+/i, "");
}
