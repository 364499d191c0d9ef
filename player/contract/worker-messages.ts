/**
 * What a page and its failover worker say to each other. Either may have been started anew since the
 * last word: each message names the session, and nothing depends on a channel that was opened before.
 */
import type { PlayerEvents, PlayerSnapshot } from "./player-events.ts";
import type { FailoverOptions } from "./player-options.ts";

/** One play: a page's sources, from its call until it unregisters or goes. */
export type OpenSession = {
  readonly id: string;
  /** Absolute, best first. */
  readonly sources: readonly string[];
  readonly failover: FailoverOptions;
};

export type ToWorker =
  | { readonly understudy: "open"; readonly session: OpenSession }
  | {
      readonly understudy: "buffer";
      readonly id: string;
      readonly seconds: number;
      /** Seconds of media that are played in a second; 0 while it stands. */
      readonly rate: number;
    }
  | { readonly understudy: "close"; readonly id: string };

/** What a worker knows of the play; the rest of a player's snapshot is the player's own. */
export type WorkerSnapshot = Pick<
  PlayerSnapshot,
  "servedBy" | "pathways" | "steering" | "degraded" | "standsStill" | "counts" | "bytes"
>;

export type TellEvent = {
  readonly [Name in keyof PlayerEvents]: {
    readonly understudy: "event";
    readonly id: string;
    readonly name: Name;
    readonly detail: PlayerEvents[Name];
    readonly snapshot: WorkerSnapshot;
  };
}[keyof PlayerEvents];

export type ToPage =
  | { readonly understudy: "opened"; readonly id: string; readonly snapshot: WorkerSnapshot }
  | { readonly understudy: "snapshot"; readonly id: string; readonly snapshot: WorkerSnapshot }
  | TellEvent
  /** Said once of a play that nobody has asked for anything, while the page loads a manifest of nobody's. */
  | {
      readonly understudy: "stray";
      readonly id: string;
      readonly url: string;
      readonly snapshot: WorkerSnapshot;
    }
  /** Said of a session that this worker has not heard of: the page opens it again. */
  | { readonly understudy: "unknown"; readonly id: string };
