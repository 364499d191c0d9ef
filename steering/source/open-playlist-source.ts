/**
 * Gets the multivariant playlists and MPDs of one source, and keeps copies of them, so that neither a
 * flood of viewers reaches the origin nor an outage of the origin reaches the viewers.
 */
import { LRUCache } from "lru-cache";
import { isLive, type Presentation, readPresentation } from "../core/source/presentation.ts";
import {
  type CopyPolicy,
  type CopyTimes,
  decideCopy,
  freshnessMs,
} from "../core/source/stored-playlist.ts";
import type { FetchedText, FetchText } from "./fetch-text.ts";

export type PlaylistAnswer =
  | { readonly outcome: "found"; readonly presentation: Presentation }
  | { readonly outcome: "missing" }
  | { readonly outcome: "unreadable" }
  | { readonly outcome: "unavailable"; readonly reason: string };

export type PlaylistSourceOptions = {
  readonly url: string;
  readonly fetchText: FetchText;
  readonly policy: CopyPolicy;
  readonly now: () => number;
  /** The source failed, and something else answered. */
  readonly onFallback?: (what: PlaylistFallback) => void;
};
export type PlaylistFallback = "stored copy" | "a node's copy";

export type PlaylistSource = {
  readonly url: string;
  /** @param elsewhere base URLs to ask when the source fails, best first. */
  get(path: string, elsewhere: readonly string[]): Promise<PlaylistAnswer>;
  /** What is stored, without waiting. Where that is nothing or old, it is fetched meanwhile. */
  peek(path: string, elsewhere: readonly string[]): Presentation | undefined;
};

/** An answer that was kept, be it good or bad: a flood of requests for nothing is a flood too. */
type Copy = CopyTimes & { readonly answer: PlaylistAnswer; readonly characters: number };

const MAX_COPIES = 1_000;
/** Apart from the good ones, which no flood of paths that nobody has may push out. */
const MAX_BAD_ANSWERS = 1_000;
/** As text; what was read from it takes several times as much. */
const MAX_COPIED_CHARACTERS = 32 * 1024 * 1024;
/** What a short answer costs at least. */
const LEAST_CHARACTERS = 256;
/** Beyond it nothing more is asked for: a flood of paths that nobody has must not queue up. */
const MAX_UNDER_WAY = 256;
/** Of these, for paths of which there is a good copy: else that flood would keep them from being asked. */
const KEPT_FOR_COPIES = 64;
const MAX_ASKED_ELSEWHERE = 2;

export function openPlaylistSource(options: PlaylistSourceOptions) {
  const { url, fetchText, policy, now, onFallback } = options;
  const copies = new LRUCache<string, Copy>({
    max: MAX_COPIES,
    maxSize: MAX_COPIED_CHARACTERS,
    sizeCalculation: ({ characters }) => characters,
  });
  const badAnswers = new LRUCache<string, Copy>({ max: MAX_BAD_ANSWERS });
  const underWay = new Map<string, Promise<PlaylistAnswer>>();

  const copyOf = (path: string): Copy | undefined => copies.get(path) ?? badAnswers.get(path);

  function keep(
    path: string,
    kept: Pick<Copy, "answer" | "characters">,
    freshForMs: number,
  ): PlaylistAnswer {
    const { answer, characters } = kept;
    const isGood = answer.outcome === "found";
    const [to, from] = isGood ? [copies, badAnswers] : [badAnswers, copies];
    const times = { fetchedAtMs: now(), freshForMs, isLive: isGood && isLive(answer.presentation) };
    to.set(path, { answer, characters, ...times });
    from.delete(path);
    return answer;
  }

  async function fetchAnswer(path: string, elsewhere: readonly string[]): Promise<PlaylistAnswer> {
    const lane = copies.has(path) ? "known" : "stray";
    const fetched = await fetchText(`${url}${path}`, lane);
    const answered = readAnswer(fetched, path);
    // That there is nothing is an answer too, if the source says so.
    if (answered.answer.outcome === "found" || answered.answer.outcome === "missing") {
      return keep(path, answered, freshnessMs(fetched.cacheControl, policy));
    }

    const lastGood = copies.get(path);
    if (lastGood !== undefined) {
      onFallback?.("stored copy");
      return keep(path, lastGood, policy.shortestMs);
    }
    for (const base of elsewhere.slice(0, MAX_ASKED_ELSEWHERE)) {
      const copied = readAnswer(await fetchText(`${base}${path}`, lane), path);
      if (copied.answer.outcome !== "found") continue;
      onFallback?.("a node's copy");
      return keep(path, copied, policy.shortestMs);
    }
    return keep(path, answered, policy.shortestMs);
  }

  function fetchOnce(path: string, elsewhere: readonly string[]): Promise<PlaylistAnswer> {
    const running = underWay.get(path);
    if (running !== undefined) return running;
    const lastGood = copies.get(path);
    const room = lastGood === undefined ? MAX_UNDER_WAY - KEPT_FOR_COPIES : MAX_UNDER_WAY;
    if (underWay.size >= room) return Promise.resolve(lastGood?.answer ?? TOO_MANY);
    const fetching = fetchAnswer(path, elsewhere).finally(() => underWay.delete(path));
    underWay.set(path, fetching);
    return fetching;
  }

  const source: PlaylistSource = {
    url,
    async get(path, elsewhere) {
      const copy = copyOf(path);
      const decision = decideCopy(copy, policy, now());
      if (copy === undefined || decision.action === "fetch") return fetchOnce(path, elsewhere);
      if (decision.action === "use") return copy.answer;
      const fetching = fetchOnce(path, elsewhere);
      // Only a good copy is worth showing while a newer one is on its way.
      return copy.answer.outcome === "found" ? copy.answer : fetching;
    },

    peek(path, elsewhere) {
      const copy = copyOf(path);
      if (decideCopy(copy, policy, now()).action !== "use") void fetchOnce(path, elsewhere);
      return copy?.answer.outcome === "found" ? copy.answer.presentation : undefined;
    },
  };
  return source;

  /** Read as if it came from the source, from wherever it came. */
  function readAnswer(fetched: FetchedText, path: string): Pick<Copy, "answer" | "characters"> {
    const characters = LEAST_CHARACTERS;
    switch (fetched.outcome) {
      case "missing":
        return { answer: { outcome: "missing" }, characters };
      case "failed":
        return { answer: { outcome: "unavailable", reason: fetched.reason }, characters };
      case "text": {
        const presentation = readText(fetched.text, `${url}${path}`);
        if (presentation === undefined) return { answer: { outcome: "unreadable" }, characters };
        return {
          answer: { outcome: "found", presentation },
          characters: Math.max(LEAST_CHARACTERS, fetched.text.length),
        };
      }
    }
  }
}

const TOO_MANY: PlaylistAnswer = { outcome: "unavailable", reason: "too many are asked for" };

/** Whatever an origin sends, no more than one answer may fail: a refresh has nobody to fail to. */
function readText(text: string, url: string): Presentation | undefined {
  try {
    return readPresentation(text, url);
  } catch {
    return undefined;
  }
}
