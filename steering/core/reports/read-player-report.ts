/**
 * Reads from one decoded CMCD report (CTA-5004-B, version 2) what it says of the node that served.
 *
 * A player may write what it likes: a number that is negative, absurd or none is as if it were not
 * there. The time that a report gives itself is not read at all, because viewers' clocks are wrong and
 * a future date would keep a report alive: it counts when it comes.
 */
export type PlayerReport = {
  /** How the report names what served, the surest first. */
  readonly names: readonly string[];
  readonly url: string | undefined;
  readonly hostname: string | undefined;
  readonly request: "answered" | "failed" | undefined;
  readonly throughputBitsPerSecond: number | undefined;
  /** From the request to its first byte. */
  readonly firstByteMs: number | undefined;
  readonly hasStalled: boolean;
  /** The player's own count of its reports, and its session, within which that count grows. */
  readonly sequence: number | undefined;
  readonly playback: string | undefined;
};

/** A key of our own, for players that know the pathway's id and whose `cdn` says something else. */
export const PATHWAY_KEY = "com.understudy-pathway";

const MAX_NAME_LENGTH = 128;
const MAX_URL_LENGTH = 2_048;
const MAX_DURATION_MS = 10 * 60 * 1_000;
const MAX_KBPS = 100_000_000;
/**
 * What a smaller object took says more of its way than of the rate: of 60 KiB that come in 20 ms or in 150
 * one could not say that the one node is seven times as quick. 256 KiB.
 */
const MIN_OBJECT_KILOBITS = 2_048;
const ERROR_STATUS = 400;
const MAX_STATUS = 999;
const MEDIA_TYPES = ["v", "a", "av"];

export function readPlayerReport(data: Readonly<Record<string, unknown>>): PlayerReport {
  const isResponse = data["e"] === "rr";
  return {
    names: [
      readText(data[PATHWAY_KEY], MAX_NAME_LENGTH),
      readText(data["cdn"], MAX_NAME_LENGTH),
    ].filter((name) => name !== undefined),
    url: readText(data["url"], MAX_URL_LENGTH),
    hostname: readText(data["h"], MAX_NAME_LENGTH),
    request: isResponse ? readRequest(data["rc"]) : undefined,
    throughputBitsPerSecond: readThroughput(data),
    firstByteMs: isResponse ? readNumber(data["ttfb"], MAX_DURATION_MS) : undefined,
    hasStalled: data["sta"] === "r" || data["bs"] === true || sumOf(data["bsd"]) > 0,
    sequence: readNumber(data["sn"], Number.MAX_SAFE_INTEGER),
    playback: readText(data["sid"], MAX_NAME_LENGTH),
  };
}

/** 0 says that no response came. */
function readRequest(status: unknown): PlayerReport["request"] {
  const code = readNumber(status, MAX_STATUS);
  if (code === undefined) return undefined;
  return code === 0 || code >= ERROR_STATUS ? "failed" : "answered";
}

/** What one object took is surer than the player's estimate, in which other nodes may have a part. */
function readThroughput(data: Readonly<Record<string, unknown>>): number | undefined {
  const kbps = objectKbps(data) ?? Math.max(0, ...readNumbers(data["mtp"], MAX_KBPS));
  return kbps > 0 ? Math.min(kbps, MAX_KBPS) * 1_000 : undefined;
}

function objectKbps(data: Readonly<Record<string, unknown>>): number | undefined {
  const isMedia = typeof data["ot"] !== "string" || MEDIA_TYPES.includes(data["ot"]);
  if (data["e"] !== "rr" || !isMedia || readRequest(data["rc"]) !== "answered") return undefined;
  const durationMs = readNumber(data["d"], MAX_DURATION_MS);
  const tookMs = readNumber(data["ttlb"], MAX_DURATION_MS);
  const kbps = sumOf(data["br"]);
  if (durationMs === undefined || tookMs === undefined || tookMs === 0) return undefined;
  const kilobits = (kbps * durationMs) / 1_000;
  return kilobits < MIN_OBJECT_KILOBITS ? undefined : (kilobits * 1_000) / tookMs;
}

function sumOf(list: unknown): number {
  return readNumbers(list, MAX_KBPS).reduce((sum, number) => sum + number, 0);
}

/** A number, or a list of numbers that may each carry a parameter, such as `(3200;v 128;a)`. */
function readNumbers(list: unknown, maximum: number): number[] {
  return (Array.isArray(list) ? list : [list]).flatMap((item: unknown) => {
    const isCarrier = typeof item === "object" && item !== null && "value" in item;
    return readNumber(isCarrier ? item.value : item, maximum) ?? [];
  });
}

function readNumber(value: unknown, maximum: number): number | undefined {
  return typeof value === "number" && value >= 0 && value <= maximum ? value : undefined;
}

function readText(value: unknown, maxLength: number): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= maxLength ? value : undefined;
}
