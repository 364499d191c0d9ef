/**
 * A viewer without a picture: plays a film by asking for its playlist and for one segment after another,
 * in real time, from the pathway that steering names first.
 *
 * It does what steering says and nothing of its own: it has no second try, no second host and no
 * patience, so every failure of the fleet is seen and none is made good.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { type MultivariantPlaylist, variantKey } from "../../kernel/multivariant-playlist.ts";
import { attributeText, readPlaylistLines } from "../../kernel/playlist-lines.ts";
import { openSteeringSession, readText, type SteeringSession } from "./steering-session.ts";

export type ViewerOptions = {
  readonly playUrl: string;
  readonly dispatcher: Dispatcher;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Aborted when it shall leave. */
  readonly signal: AbortSignal;
  /** How long a segment plays. */
  readonly segmentMs: number;
  /** How long one is waited for. */
  readonly patienceMs: number;
  /** What the origin has of a segment, by its path. */
  readonly segmentBytes: (path: string) => number | undefined;
  readonly notes: ViewerNotes;
};

/** What it tells of itself while it plays. */
export type ViewerNotes = {
  /** It asks this pathway for something. */
  readonly onAsk: (pathway: string) => void;
  /** A segment came whole. */
  readonly onSegment: () => void;
  /** A manifest came, and is good for so long. */
  readonly onManifest: (ttlSeconds: number) => void;
  readonly onFailure: (reason: string) => void;
};

/** After a manifest that did not come. */
const RETRY_SECONDS = 2;

/** Resolves when it has left. */
export async function watchAlone(options: ViewerOptions): Promise<void> {
  const { playUrl, dispatcher, notes } = options;
  const session = await tried(openSteeringSession(playUrl, dispatcher), notes);
  if (session === undefined) return;
  await Promise.all([followSteering(session, options), playOn(session, options)]);
}

async function followSteering(
  session: SteeringSession,
  { notes, signal }: ViewerOptions,
): Promise<void> {
  while (!signal.aborted) {
    const ttlSeconds = await tried(session.ask(pathwayOf(session)), notes);
    if (ttlSeconds !== undefined) notes.onManifest(ttlSeconds);
    await pause((ttlSeconds ?? RETRY_SECONDS) * 1000, signal);
  }
}

async function playOn(session: SteeringSession, options: ViewerOptions): Promise<void> {
  const { now, signal, segmentMs, notes } = options;
  const begunMs = now();
  const lists = new Map<string, readonly string[]>();
  for (let number = 0; !signal.aborted; number += 1) {
    await tried(playSegment(number, { session, lists, options }), notes);
    await pause(begunMs + (number + 1) * segmentMs - now(), signal);
  }
}

type Course = {
  readonly session: SteeringSession;
  /** Of each pathway that it has been on: where its segments are. */
  readonly lists: Map<string, readonly string[]>;
  readonly options: ViewerOptions;
};

async function playSegment(number: number, { session, lists, options }: Course): Promise<void> {
  const { dispatcher, segmentBytes, patienceMs, notes } = options;
  const pathway = pathwayOf(session);
  notes.onAsk(pathway);
  let segments = lists.get(pathway);
  if (segments === undefined) {
    const url = mediaPlaylistOf(session.playlist, pathway);
    segments = segmentsOf(await readText(url, dispatcher), url);
    lists.set(pathway, segments);
  }
  const url = segments[number % segments.length];
  if (url === undefined) throw new Error(`${pathway} lists no segment`);
  const { statusCode, body } = await request(url, {
    dispatcher,
    signal: AbortSignal.timeout(patienceMs),
  });
  const { byteLength } = await body.arrayBuffer();
  const { pathname } = new URL(url);
  const expected = segmentBytes(pathname);
  if (statusCode !== 200) throw new Error(`${pathway} answered ${pathname} with ${statusCode}`);
  if (byteLength !== expected) {
    throw new Error(`${pathway} sent ${byteLength} bytes of ${pathname}, which has ${expected}`);
  }
  notes.onSegment();
}

/** The first that it can play: steering may know of more. */
function pathwayOf({ playlist, order }: SteeringSession): string {
  const listed = new Set(playlist.variants.map(({ pathwayId }) => pathwayId));
  return order().find((pathway) => listed.has(pathway)) ?? playlist.steering?.pathwayId ?? "";
}

/** The variant of the lowest bandwidth, on any pathway the same. */
export function mediaPlaylistOf({ variants }: MultivariantPlaylist, pathway: string): string {
  const bandwidthOf = ({ attributes }: (typeof variants)[number]) =>
    Number(attributeText(attributes, "BANDWIDTH"));
  const lowest = variants.toSorted((one, other) => bandwidthOf(one) - bandwidthOf(other))[0];
  const variant = variants.find(
    (each) =>
      each.pathwayId === pathway && lowest !== undefined && variantKey(each) === variantKey(lowest),
  );
  if (variant === undefined) throw new Error(`The playlist has no variant on ${pathway}`);
  return variant.uri;
}

export function segmentsOf(playlist: string, url: string): string[] {
  return readPlaylistLines(playlist).flatMap((line) =>
    line.kind === "uri" ? [new URL(line.uri, url).href] : [],
  );
}

async function tried<T>(work: Promise<T>, { onFailure }: ViewerNotes): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    onFailure(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An abort only ends the pause: whoever pauses looks at the signal next.
  await delay(Math.max(0, ms), undefined, { signal }).catch(() => {});
}
