/**
 * Knows which live playlists are worth looking at: those that viewers play.
 *
 * A play shows a multivariant playlist; the media playlist of its first variant is a witness, if it
 * turns out to be live. The source is asked for it at a steady pace, and each node when it is probed.
 * Few are kept, because a node that freezes one list freezes them all.
 */
import { LRUCache } from "lru-cache";
import { hasReference, withVariables } from "../core/hls/source-streams.ts";
import {
  judgeLiveList,
  type LiveEdge,
  type LiveLook,
  type LivePolicy,
  type LiveVerdict,
  observeNodeList,
  observeSource,
  readLiveLook,
  UNSEEN,
} from "../core/probe/live-edge.ts";
import { locateUri } from "../core/source/locate-uri.ts";
import type { Presentation } from "../core/source/presentation.ts";
import type { FetchText } from "./fetch-text.ts";

export type LiveWitnessPolicy = LivePolicy & {
  readonly maxWitnesses: number;
  /** A stream that nobody has begun to play for so long is no longer looked at. */
  readonly forgetAfterMs: number;
  readonly askSourceEveryMs: number;
};

export type LiveWitnessesOptions = {
  readonly fetchText: FetchText;
  readonly policy: LiveWitnessPolicy;
  readonly now: () => number;
};

export type LiveWitnesses = ReturnType<typeof openLiveWitnesses>;

type Witness = {
  readonly path: string;
  readonly sourceUrl: string;
  playedAtMs: number;
  sourceDueAtMs: number;
  /** Undefined until the source has shown that it is live. */
  edge: LiveEdge | undefined;
  /** What the source listed last when it was asked last; undefined where it did not answer. */
  sourceLook: LiveLook | undefined;
  /** While an answer of the source is awaited: since when. */
  askedAtMs: number | undefined;
};

/** What turned out to be no live stream is not asked for again at each play. */
const MAX_KNOWN_FILMS = 10_000;
/** A source that takes longer is on its way to fail. */
const SOURCE_PATIENCE_MS = 500;

export function openLiveWitnesses({ fetchText, policy, now }: LiveWitnessesOptions) {
  const witnesses = new Map<string, Witness>();
  const films = new LRUCache<string, true>({ max: MAX_KNOWN_FILMS });
  let turn = 0;

  async function askSource(witness: Witness): Promise<void> {
    const name = nameOf(witness.sourceUrl, witness.path);
    witness.askedAtMs = now();
    const fetched = await fetchText(`${witness.sourceUrl}${witness.path}`, "known");
    witness.askedAtMs = undefined;
    const wasGiven = witness.sourceLook !== undefined;
    witness.sourceLook = undefined;
    if (fetched.outcome === "failed") {
      // A source that fails says nothing: then the nodes are compared with one another. But of a list that
      // nobody has seen yet it is not even known that it is live, and others wait for its place.
      if (witness.edge === undefined) witnesses.delete(name);
      // What it listed last may have reached no node, so it is not held against them.
      else if (wasGiven) witness.edge = UNSEEN;
      return;
    }
    const look = fetched.outcome === "text" ? readLiveLook(fetched.text) : undefined;
    if (look === undefined || look.isEnded) {
      witnesses.delete(name);
      if (fetched.outcome === "text") films.set(name, true);
      return;
    }
    witness.sourceLook = look;
    witness.edge = observeSource(witness.edge ?? UNSEEN, look, now());
  }

  /** What the source itself gives at present: where it gives nothing, no node can. */
  function givenBySource({ sourceLook, askedAtMs }: Witness): LiveLook | undefined {
    const isOverdue = askedAtMs !== undefined && now() - askedAtMs > SOURCE_PATIENCE_MS;
    return isOverdue ? undefined : sourceLook;
  }

  const witnessOf = (path: string) =>
    Array.from(witnesses.values()).find((each) => each.path === path);

  /** @param path of a media playlist on the source, one that a viewer is about to play. */
  function notePlay(sourceUrl: string, path: string): void {
    const name = nameOf(sourceUrl, path);
    const known = witnesses.get(name);
    if (known !== undefined) {
      known.playedAtMs = now();
      return;
    }
    if (witnesses.size >= policy.maxWitnesses || films.has(name)) return;
    witnesses.set(name, {
      path,
      sourceUrl,
      playedAtMs: now(),
      sourceDueAtMs: Number.NEGATIVE_INFINITY,
      edge: undefined,
      sourceLook: undefined,
      askedAtMs: undefined,
    });
  }

  return {
    notePlay,

    /** A viewer is about to play this: its first variant will do. */
    notePresentation(sourceUrl: string, path: string, presentation: Presentation): void {
      if (presentation.kind !== "hls") return;
      const { variants, rest } = presentation.playlist;
      const [variant] = variants;
      if (variant === undefined) return;
      const placeOf = withVariables((uri) => locateUri(uri, `${sourceUrl}${path}`), rest);
      const place = placeOf(variant.uri);
      if (place.at === "source" && !hasReference(place)) notePlay(sourceUrl, place.path);
    },

    /** Looks at the sources where it is due. Resolves when they have answered. */
    async tick(nowMs: number): Promise<void> {
      const due: Witness[] = [];
      for (const [name, witness] of witnesses) {
        if (nowMs - witness.playedAtMs > policy.forgetAfterMs) witnesses.delete(name);
        else if (nowMs >= witness.sourceDueAtMs) due.push(witness);
      }
      for (const witness of due) witness.sourceDueAtMs = nowMs + policy.askSourceEveryMs;
      await Promise.all(due.map(askSource));
    },

    /** A live list to ask a node for, each in its turn; undefined while none is known. */
    next(): string | undefined {
      const live = Array.from(witnesses.values()).filter(({ edge }) => edge !== undefined);
      turn += 1;
      return live[turn % live.length]?.path;
    },

    /** Whether the source itself has the list at present: else a node that has it not is not to blame. */
    isGiven(path: string): boolean {
      const witness = witnessOf(path);
      return witness !== undefined && givenBySource(witness) !== undefined;
    },

    /** @param text what the node answered; undefined where that says nothing of the node. */
    judge(path: string, { by, text }: { readonly by: string; readonly text: string }) {
      const witness = witnessOf(path);
      if (witness?.edge === undefined) return undefined;
      const look = readLiveLook(text);
      if (look === undefined) return givenBySource(witness) && NO_LIST;
      const nowMs = now();
      witness.edge = observeNodeList(witness.edge, { look, by }, nowMs);
      return judgeLiveList(witness.edge, look, policy, nowMs);
    },
  };
}

const NO_LIST = { ok: false, reason: "no-playlist" } as const satisfies Omit<
  LiveVerdict,
  "reason"
> & { reason: string };

function nameOf(sourceUrl: string, path: string): string {
  return `${sourceUrl} ${path}`;
}
