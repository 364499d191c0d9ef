/**
 * Remembers which objects were changed at the origin lately, by a request that passed through here, and
 * says of an answer whether such a change has overtaken it (RFC 9111 §4.4).
 *
 * An answer that was asked for before the change may tell of the time before it: it goes to those who wait
 * for it and is not kept. It is like a purge, and remembered apart: anybody may change something, and must
 * not push out what an operator has purged. Where there are more changes than places, whatever was asked
 * for before the latest of those forgotten counts as overtaken: that costs a question, never a wrong answer.
 */
import { LRUCache } from "lru-cache";
import { type StoredMetadata, wasAskedAfter } from "../core/stored-metadata.ts";
import { targetOf } from "../core/variant.ts";

export type RecentChangesPolicy = {
  /** As long as a question to the origin can last, with its wait for a turn. */
  readonly rememberedMs: number;
  readonly maxRemembered: number;
};

export type RecentChangesOptions = {
  readonly policy: RecentChangesPolicy;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970, as in the metadata. */
  readonly wallNow: () => number;
};

/** An answer's times, by which it is known again: what is kept is described anew when its body has come. */
type Times = Pick<StoredMetadata, "arrivedAtWallMs" | "answeredInMs">;

type Change = {
  readonly atWallMs: number;
  /** The answer that told of the change, where it is kept itself. */
  readonly toldBy: Times | undefined;
};

type Forgotten = { readonly untilWallMs: number; readonly mattersUntilMs: number };

export class RecentChanges {
  readonly #options: RecentChangesOptions;
  readonly #byTarget: LRUCache<string, Change>;
  #forgotten: Forgotten | undefined;

  constructor(options: RecentChangesOptions) {
    const { policy, now } = options;
    this.#options = options;
    this.#byTarget = new LRUCache({
      max: policy.maxRemembered,
      ttl: policy.rememberedMs,
      // Above 0 it would believe in an earlier look at the clock until a timer of its own is over.
      ttlResolution: 0,
      perf: { now },
      dispose: (change, _, why) => {
        if (why === "evict") this.#forget(change);
      },
    });
  }

  /** @param toldBy what is kept from now on, where the answer that tells of the change is kept. */
  remember(target: string, toldBy: Times | undefined): void {
    this.#byTarget.set(target, {
      atWallMs: this.#options.wallNow(),
      toldBy: toldBy && timesOf(toldBy),
    });
  }

  /** May this answer be kept, or was it asked for before its object was changed? */
  mayKeep(metadata: StoredMetadata): boolean {
    const change = this.#byTarget.peek(targetOf(metadata.key));
    const { now, wallNow } = this.#options;
    if (change !== undefined) {
      // A tie is taken as overtaken: one more question to the origin does no harm.
      const isLater = wasAskedAfter(metadata, change.atWallMs, wallNow());
      return isLater || isSameAnswer(metadata, change.toldBy);
    }
    if (this.#forgotten === undefined || now() > this.#forgotten.mattersUntilMs) return true;
    return wasAskedAfter(metadata, this.#forgotten.untilWallMs, wallNow());
  }

  #forget({ atWallMs }: Change): void {
    const { policy, now } = this.#options;
    this.#forgotten = { untilWallMs: atWallMs, mattersUntilMs: now() + policy.rememberedMs };
  }
}

/** Nothing else of it is held in memory for so long. */
function timesOf({ arrivedAtWallMs, answeredInMs }: Times): Times {
  return { arrivedAtWallMs, answeredInMs };
}

function isSameAnswer(
  { arrivedAtWallMs, answeredInMs }: Times,
  toldBy: Times | undefined,
): boolean {
  return arrivedAtWallMs === toldBy?.arrivedAtWallMs && answeredInMs === toldBy.answeredInMs;
}
