/**
 * Tells from what passed through the proxies who served what: how soon the backup was asked, when the
 * primary served again, what was fetched for nothing. No player's word is needed for any of it.
 */
import type { LabPathway, LabServing, LabSpan } from "../../contract/lab-result.ts";

/** One request that reached a pathway's source, and what of its answer passed to the player. */
export type LabExchange = {
  readonly pathway: LabPathway;
  readonly path: string;
  readonly kind: "playlist" | "init" | "segment";
  /** The rendition, and the number of the segment. */
  readonly stream: string;
  readonly number: number;
  readonly askedSeconds: number;
  /** Of the last byte that passed, or of the question if none did. */
  readonly lastByteSeconds: number;
  readonly passedBytes: number;
  /** Of the whole object, of which a part may have been asked for. */
  readonly sizeBytes: number;
  /** Whether it was asked for to its end: a probe mostly is not. */
  readonly asksForRest: boolean;
  /** Whether all that was asked for has passed; of a lie it never has. */
  readonly isWhole: boolean;
  /** The source did not tell the truth. */
  readonly isLie: boolean;
};

/** A request that the fault touched, whether or not the source ever heard of it. */
export type LabTouch = { readonly atSeconds: number; readonly path: string };

/**
 * When the player could first have noticed. Where bodies are cut, it is the byte that did not come.
 * Undefined if the fault touched nothing.
 */
export function firstSignOf(
  touches: readonly LabTouch[],
  exchanges: readonly LabExchange[],
): number | undefined {
  const signs = touches.map(({ atSeconds, path }) => {
    const cut = exchanges.find(
      (exchange) =>
        exchange.pathway === "A" &&
        exchange.path === path &&
        !exchange.isWhole &&
        !exchange.isLie &&
        exchange.passedBytes > 0 &&
        exchange.lastByteSeconds >= atSeconds,
    );
    return cut?.lastByteSeconds ?? atSeconds;
  });
  return signs.length === 0 ? undefined : Math.min(...signs);
}

/** From the first sign to the first request to B: the probes and playlists of calm times do not count. */
export function backupSecondsOf(
  firstSignSeconds: number | undefined,
  exchanges: readonly LabExchange[],
): number | undefined {
  if (firstSignSeconds === undefined) return undefined;
  const first = smallest(
    exchanges
      .filter(({ pathway, askedSeconds }) => pathway === "B" && askedSeconds >= firstSignSeconds)
      .map(({ askedSeconds }) => askedSeconds),
  );
  return first === undefined ? undefined : first - firstSignSeconds;
}

/**
 * From A's recovery to the first segment that A brought to its end after it, whenever it was asked for.
 * One that B brought too, before or after, is no service: it was fetched to see how A fares.
 */
export function failbackSecondsOf(
  recoveredSeconds: number,
  exchanges: readonly LabExchange[],
): number | undefined {
  const byB = new Set(firstDeliveries(exchanges.filter(isOfB)).map(nameOf));
  const first = firstDeliveries(exchanges.filter((exchange) => !isOfB(exchange))).find(
    (exchange) => exchange.lastByteSeconds >= recoveredSeconds && !byB.has(nameOf(exchange)),
  );
  return first && Math.max(0, first.askedSeconds - recoveredSeconds);
}

/** Changes of pathway from one video segment to the next. */
export function countSwitches(exchanges: readonly LabExchange[]): number {
  const served = firstDeliveries(exchanges.filter(({ stream }) => isVideo(stream)));
  return served.filter((each, index) => index > 0 && each.pathway !== served[index - 1]?.pathway)
    .length;
}

/** Of each segment, in whatever rendition, the request that first brought it to its end, in the order of asking. */
function firstDeliveries(exchanges: readonly LabExchange[]): LabExchange[] {
  const delivered = exchanges
    .filter(({ kind, isWhole, asksForRest }) => kind === "segment" && isWhole && asksForRest)
    .toSorted((a, b) => a.lastByteSeconds - b.lastByteSeconds);
  const firsts = new Map<string, LabExchange>();
  for (const exchange of delivered) {
    const name = nameOf(exchange);
    if (!firsts.has(name)) firsts.set(name, exchange);
  }
  return [...firsts.values()].toSorted((a, b) => a.askedSeconds - b.askedSeconds);
}

/** Of a segment, in whatever rendition. */
function nameOf({ stream, number }: LabExchange): string {
  return `${isVideo(stream)} ${number}`;
}

function isOfB({ pathway }: LabExchange): boolean {
  return pathway === "B";
}

export type ByteCount = { readonly wastedBytesRatio: number; readonly refetchedBytes: number };

/** @param endSeconds of the run: what still comes then is not judged. */
export function countBytes(exchanges: readonly LabExchange[], endSeconds: number): ByteCount {
  const segments = exchanges.filter(({ kind }) => kind === "segment");
  const objects = Map.groupBy(segments, ({ stream, number }) => `${stream}/${number}`);
  let usefulBytes = 0;
  let wastedBytes = 0;
  let refetchedBytes = 0;
  for (const pieces of objects.values()) {
    if (pieces.some((piece) => isUnderWay(piece, endSeconds))) continue;
    const sizeBytes = pieces[0]?.sizeBytes ?? 0;
    const useful = bytesOf(pieces.filter(({ isLie }) => !isLie)) >= sizeBytes ? sizeBytes : 0;
    usefulBytes += useful;
    wastedBytes += bytesOf(pieces) - useful;
    refetchedBytes += refetchedOf(pieces, sizeBytes);
  }
  const wastedBytesRatio = usefulBytes === 0 ? 0 : wastedBytes / usefulBytes;
  return { wastedBytesRatio, refetchedBytes };
}

/**
 * Of a segment that broke off on one pathway before another was asked for the rest. What probes have fetched is
 * no part of it, nor is who was asked beside one that went on.
 */
function refetchedOf(pieces: readonly LabExchange[], sizeBytes: number): number {
  const meant = pieces.filter(({ asksForRest, isLie }) => asksForRest && !isLie);
  const broken = meant.find(({ isWhole, passedBytes }) => !isWhole && passedBytes > 0);
  const wentOn = meant.some(
    ({ pathway, askedSeconds }) =>
      broken !== undefined && pathway !== broken.pathway && askedSeconds >= broken.lastByteSeconds,
  );
  return wentOn ? Math.max(0, bytesOf(meant) - sizeBytes) : 0;
}

function bytesOf(pieces: readonly LabExchange[]): number {
  return pieces.reduce((sum, { passedBytes }) => sum + passedBytes, 0);
}

export function servingsOf(exchanges: readonly LabExchange[]): LabServing[] {
  return exchanges
    .filter(({ kind }) => kind === "segment")
    .map((exchange) => ({
      pathway: exchange.pathway,
      stream: exchange.stream,
      number: exchange.number,
      fromSeconds: round(exchange.askedSeconds),
      toSeconds: round(exchange.lastByteSeconds),
      whole: exchange.isWhole,
      probe: !exchange.asksForRest,
      bytes: exchange.passedBytes,
    }));
}

/** Whether bytes were still coming as the fault began: then the next one is the first that did not come. */
export function isOpenAt({ fromSeconds }: LabSpan, exchange: LabExchange): boolean {
  const { askedSeconds, lastByteSeconds, isWhole } = exchange;
  return (
    !isWhole && askedSeconds < fromSeconds && lastByteSeconds > fromSeconds - LONGEST_PAUSE_SECONDS
  );
}

/** A player that gave up a body has not had a byte of it for longer. */
const LONGEST_PAUSE_SECONDS = 0.3;

const ENDING_SECONDS = 1;

function isUnderWay({ isWhole, lastByteSeconds }: LabExchange, endSeconds: number): boolean {
  return !isWhole && lastByteSeconds > endSeconds - ENDING_SECONDS;
}

export function isVideo(stream: string): boolean {
  return stream.startsWith("video");
}

function smallest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function round(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
