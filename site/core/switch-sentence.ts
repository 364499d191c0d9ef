/**
 * Says in plain words what the player did and why: one sentence for each of its events.
 *
 * The reasons are the player's own, unchanged; only their wording is chosen here.
 */
import type {
  DegradedEvent,
  FailbackEvent,
  FailoverEvent,
  FailureReason,
  ResourceKind,
  ResumeEvent,
} from "../../player/contract/player-events.ts";
import { countWords, durationWords, listWords, secondsWords, sizeWords } from "./quantity-words.ts";

export type PlayerStory =
  | {
      readonly kind: "failover";
      readonly event: FailoverEvent;
      /** Where the interrupted body went on, once it did. */
      readonly resumedAtByte: number | undefined;
      /** The least that was buffered since; shrinks for a while after the failover. */
      readonly lowestBufferSeconds: number;
      /** `out-of-reach`: soon after it nobody could be reached, so it was but one more try. */
      readonly outcome: "took-over" | "out-of-reach";
    }
  | { readonly kind: "failback"; readonly event: FailbackEvent }
  | { readonly kind: "resume"; readonly event: ResumeEvent }
  | { readonly kind: "degraded"; readonly event: DegradedEvent };

type FailoverStory = Extract<PlayerStory, { readonly kind: "failover" }>;

export function switchSentence(story: PlayerStory): string {
  switch (story.kind) {
    case "failover":
      return failoverSentence(story);
    case "failback":
      return failbackSentence(story.event);
    case "resume":
      return resumeSentence(story.event);
    case "degraded":
      return degradedSentence(story.event);
  }
}

/** What a failed pathway did: the predicate of a sentence whose subject is its name. */
export function failureWords(reason: FailureReason, keptBytes: number): string {
  const after = keptBytes > 0 ? ` after ${sizeWords(keptBytes)}` : "";
  switch (reason) {
    case "refused":
      return keptBytes > 0 ? `broke the connection${after}` : "refused the connection";
    case "no-first-byte":
      return "did not answer";
    case "silence":
      return `went silent${after}`;
    case "too-slow":
      return `slowed down too far${after}`;
    case "truncated":
      return `broke off${after}`;
    case "status-4xx":
      return "said that it does not have this part";
    case "status-5xx":
      return "answered with an error";
    case "wrong-range":
      return "sent another part than the one asked for";
    case "wrong-length":
      return "sent a part of the wrong length";
    case "not-a-playlist":
      return "sent something that is not a playlist";
    case "not-media":
      return "sent a page instead of this part";
    case "corrupt":
      return "sent damaged bytes";
    case "undecodable":
      return "sent a part that cannot be decoded";
    case "stale-playlist":
      return "showed an old live playlist";
  }
}

/** The same in two or three words, for a card. */
export function failureLabel(reason: FailureReason): string {
  return FAILURE_LABELS[reason];
}

function failoverSentence({ event, ...story }: FailoverStory): string {
  const why = departureWords(event);
  const resumed =
    story.resumedAtByte === undefined
      ? undefined
      : `resumed on ${event.to} from byte ${countWords(story.resumedAtByte)}`;
  if (story.outcome === "out-of-reach") return `${why}; ${resumed ?? `${event.to} was asked next`}`;
  const how = resumed ?? `${event.to} took over ${KIND_WORDS[event.kind]}`;
  return `${why}; ${how}; buffer never below ${secondsWords(story.lowestBufferSeconds)}`;
}

function departureWords({ from, to, reason, keptBytes }: FailoverEvent): string {
  // It may have put it behind the other, or left it out: the player follows either, and tells them not apart.
  if (reason === "steering-order") return `Steering prefers ${to} to ${from}`;
  if (reason === "under-duress") return `${from} asked for fewer viewers`;
  return `${from} ${failureWords(reason, keptBytes)}`;
}

function failbackSentence({ from, to, reason, awayMs, bufferSeconds }: FailbackEvent): string {
  const buffer = `buffer ${secondsWords(bufferSeconds)}`;
  if (reason === "steering-order")
    return `Steering prefers ${to}; moved there from ${from}; ${buffer}`;
  if (reason === "under-duress")
    return `${from} asked for fewer viewers; playback went back to ${to}; ${buffer}`;
  const away = awayMs > 0 ? ` after ${durationWords(awayMs)}` : "";
  return `${to} is well again${away}; playback went back to it from ${from}; ${buffer}`;
}

function resumeSentence({ from, to, atByte, sizeBytes }: ResumeEvent): string {
  const size = sizeBytes === undefined ? "" : ` of ${countWords(sizeBytes)}`;
  return `One part in two halves: the first from ${from}, from byte ${countWords(atByte)}${size} on from ${to}`;
}

function degradedSentence(event: DegradedEvent): string {
  if (event.state === "recovered") {
    return `${event.pathway} answers again after ${durationWords(event.afterMs)}; playback goes on`;
  }
  if (event.tried.length === 0) return "No box that has the picture can be reached";
  return `No box that has the picture can be reached; tried ${listWords(event.tried)}`;
}

const KIND_WORDS: Readonly<Record<ResourceKind, string>> = {
  "multivariant-playlist": "with the list of streams",
  "media-playlist": "with the playlist",
  segment: "with the picture",
  key: "with the key",
  captions: "with the captions",
  "steering-manifest": "with the steering list",
  other: "at once",
};

const FAILURE_LABELS: Readonly<Record<FailureReason, string>> = {
  refused: "refuses connections",
  "no-first-byte": "does not answer",
  silence: "went silent",
  "too-slow": "too slow to play from",
  truncated: "broke off",
  "status-4xx": "lacks the part",
  "status-5xx": "answers with errors",
  "wrong-range": "sends wrong parts",
  "wrong-length": "sends wrong lengths",
  "not-a-playlist": "sends no playlist",
  "not-media": "sends pages, no media",
  corrupt: "sends damaged bytes",
  undecodable: "cannot be decoded",
  "stale-playlist": "shows an old playlist",
};
