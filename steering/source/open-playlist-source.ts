/**
 * Gets the multivariant playlists and MPDs of one source, and keeps copies of them, so that neither a
 * flood of viewers reaches the origin nor an outage of the origin reaches the viewers.
 */
import { LRUCache } from "lru-cache";
import { type Presentation, readPresentation } from "../core/source/presentation.ts";
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
type Copy = CopyTimes & { readonly answer: PlaylistAnswer };

const MAX_COPIES = 1_000;
const MAX_ASKED_ELSEWHERE = 2;

export function openPlaylistSource(options: PlaylistSourceOptions) {
  const { url, fetchText, policy, now, onFallback } = options;
  const copies = new LRUCache<string, Copy>({ max: MAX_COPIES });
  const underWay = new Map<string, Promise<PlaylistAnswer>>();

  function keep(path: string, answer: PlaylistAnswer, freshForMs: number): PlaylistAnswer {
    copies.set(path, { answer, fetchedAtMs: now(), freshForMs });
    return answer;
  }

  async function fetchAnswer(path: string, elsewhere: readonly string[]): Promise<PlaylistAnswer> {
    const fetched = await fetchText(`${url}${path}`);
    const answer = readAnswer(fetched, path);
    // That there is nothing is an answer too, if the source says so.
    if (answer.outcome === "found" || answer.outcome === "missing") {
      return keep(path, answer, freshnessMs(fetched.cacheControl, policy));
    }
    const lastGood = copies.get(path)?.answer;
    if (lastGood?.outcome === "found") {
      onFallback?.("stored copy");
      return keep(path, lastGood, policy.shortestMs);
    }

    for (const base of elsewhere.slice(0, MAX_ASKED_ELSEWHERE)) {
      const copied = readAnswer(await fetchText(`${base}${path}`), path);
      if (copied.outcome !== "found") continue;
      onFallback?.("a node's copy");
      return keep(path, copied, policy.shortestMs);
    }
    return keep(path, answer, policy.shortestMs);
  }

  function fetchOnce(path: string, elsewhere: readonly string[]): Promise<PlaylistAnswer> {
    const running = underWay.get(path);
    if (running !== undefined) return running;
    const fetching = fetchAnswer(path, elsewhere).finally(() => underWay.delete(path));
    underWay.set(path, fetching);
    return fetching;
  }

  const source: PlaylistSource = {
    url,
    async get(path, elsewhere) {
      const copy = copies.get(path);
      const decision = decideCopy(copy, policy, now());
      if (copy === undefined || decision.action === "fetch") return fetchOnce(path, elsewhere);
      if (decision.action === "use") return copy.answer;
      const fetching = fetchOnce(path, elsewhere);
      // Only a good copy is worth showing while a newer one is on its way.
      return copy.answer.outcome === "found" ? copy.answer : fetching;
    },

    peek(path, elsewhere) {
      const copy = copies.get(path);
      if (decideCopy(copy, policy, now()).action !== "use") void fetchOnce(path, elsewhere);
      return copy?.answer.outcome === "found" ? copy.answer.presentation : undefined;
    },
  };
  return source;

  /** Read as if it came from the source, from wherever it came. */
  function readAnswer(fetched: FetchedText, path: string): PlaylistAnswer {
    switch (fetched.outcome) {
      case "missing":
        return { outcome: "missing" };
      case "failed":
        return { outcome: "unavailable", reason: fetched.reason };
      case "text": {
        const presentation = readPresentation(fetched.text, `${url}${path}`);
        return presentation === undefined
          ? { outcome: "unreadable" }
          : { outcome: "found", presentation };
      }
    }
  }
}
