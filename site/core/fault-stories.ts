/**
 * Tells which faults began and ended between two looks at the chaos service, and by whose hand.
 *
 * The service does not say who asked, and need not: this page knows what it asked for itself, and
 * whatever else happens was somebody else's doing, or time's.
 */
import type { FaultName, FaultTarget, RunningFault } from "../../chaos/contract/faults.ts";
import { readFaultClock } from "./fault-clock.ts";
import { faultInSentence } from "./fault-words.ts";
import { durationWords, wholeSecondsWords } from "./quantity-words.ts";

export type FaultStory =
  | {
      readonly kind: "fault";
      readonly target: string;
      readonly fault: FaultName;
      readonly healsInSeconds: number;
      readonly by: "you" | "somebody";
    }
  | {
      readonly kind: "healed";
      readonly target: string;
      readonly fault: FaultName;
      readonly afterMs: number;
      readonly by: "you" | "time" | "somebody";
    };

/** The latest that this page asked of a target. */
export type FaultDeed =
  | { readonly what: "break"; readonly fault: FaultName; readonly atMs: number }
  | { readonly what: "heal"; readonly atMs: number };

export type FaultLook = {
  readonly seenAtMs: number;
  readonly targets: readonly FaultTarget[];
  readonly deeds: ReadonlyMap<string, FaultDeed>;
};

/** An answer takes a while to arrive, so when a fault began or will end is known within this. */
const CLOCK_SLACK_MS = 1_000;

/** @param before undefined at the first look: then what runs already is told as somebody's */
export function tellFaults(before: FaultLook | undefined, now: FaultLook): readonly FaultStory[] {
  const names = new Set([
    ...(before?.targets ?? []).map(({ name }) => name),
    ...now.targets.map(({ name }) => name),
  ]);
  return [...names].flatMap((target) => {
    const was = faultAt(before, target);
    const is = faultAt(now, target);
    if (is !== undefined) return isSame(was, is) ? [] : [beginning(is, now)];
    return was === undefined || before === undefined ? [] : [end(was, before, now)];
  });
}

export function faultSentence(story: FaultStory): string {
  const { target } = story;
  const fault = faultInSentence(story.fault);
  if (story.kind === "fault") {
    const who = story.by === "you" ? `You broke ${target}` : `${target} was broken`;
    return `${who}: ${fault}, heals in ${wholeSecondsWords(story.healsInSeconds)}`;
  }
  return `${HEALED_WORDS[story.by](target)}: ${fault}, over after ${durationWords(story.afterMs)}`;
}

const HEALED_WORDS: Readonly<
  Record<Extract<FaultStory, { kind: "healed" }>["by"], (target: string) => string>
> = {
  you: (target) => `You healed ${target}`,
  time: (target) => `${target} healed by itself`,
  somebody: (target) => `${target} was healed`,
};

function faultAt(look: FaultLook | undefined, target: string): RunningFault | undefined {
  return look?.targets.find(({ name }) => name === target)?.fault ?? undefined;
}

function isSame(one: RunningFault | undefined, other: RunningFault): boolean {
  return one?.fault === other.fault && one.startedAt === other.startedAt;
}

function beginning(fault: RunningFault, { seenAtMs, deeds }: FaultLook): FaultStory {
  const { elapsedSeconds, totalSeconds } = readFaultClock(fault, seenAtMs, seenAtMs);
  const startedAtMs = seenAtMs - elapsedSeconds * 1000;
  const deed = deeds.get(fault.target);
  const isOurs =
    deed?.what === "break" &&
    deed.fault === fault.fault &&
    startedAtMs >= deed.atMs - CLOCK_SLACK_MS;
  const isNew = elapsedSeconds * 1000 <= CLOCK_SLACK_MS;
  return {
    kind: "fault",
    target: fault.target,
    fault: fault.fault,
    healsInSeconds: isNew ? totalSeconds : fault.secondsLeft,
    by: isOurs ? "you" : "somebody",
  };
}

function end(fault: RunningFault, before: FaultLook, now: FaultLook): FaultStory {
  const { target } = fault;
  const { elapsedSeconds, totalSeconds } = readFaultClock(fault, before.seenAtMs, before.seenAtMs);
  const startedAtMs = before.seenAtMs - elapsedSeconds * 1000;
  const endsAtMs = startedAtMs + totalSeconds * 1000;
  const deed = now.deeds.get(target);
  const told = { kind: "healed", target, fault: fault.fault } as const;
  if (deed?.what === "heal" && deed.atMs >= startedAtMs) {
    return { ...told, afterMs: deed.atMs - startedAtMs, by: "you" };
  }
  if (now.seenAtMs >= endsAtMs - CLOCK_SLACK_MS) {
    return { ...told, afterMs: totalSeconds * 1000, by: "time" };
  }
  return { ...told, afterMs: now.seenAtMs - startedAtMs, by: "somebody" };
}
