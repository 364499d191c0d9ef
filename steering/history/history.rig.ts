/** For tests: a history on a clock of its own, in memory or in a folder that goes with the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { FleetEvent } from "../contract/fleet-event.ts";
import { type History, type HistoryPolicy, type NewEvent, openHistory } from "./open-history.ts";
import type { HistoryTrouble } from "./open-history-file.ts";

export const POLICY: HistoryPolicy = {
  maxEvents: 1_000,
  maxRevisions: 1_000,
  maxAgeMs: 1_000_000,
  maxFileBytes: 64 * 1024 * 1024,
  maxQueued: 100,
  pruneEveryMs: 60_000,
  pruneEveryRows: 50,
  maxChangedPaths: 20,
  maxChangedNodes: 20,
  clock: { toleranceMs: 60_000, steadyAfterMs: 10 },
  aliveEveryMs: 5_000,
  retryFileEveryMs: 60_000,
};
export const START_MS = 1_700_000_000_000;

export type HistoryRig = {
  readonly history: History;
  readonly troubles: HistoryTrouble[];
  /** The names of the files that are in use again. */
  readonly returns: string[];
  /** All that there are, by their ids. */
  readonly members: Map<string, unknown>;
  pass(ms: number): void;
  /** The time of day is set, forwards or backwards. */
  stepClock(ms: number): void;
  nowMs(): number;
  /** As after a restart of the process. */
  reopen(): History;
};

export type RigOptions = {
  readonly file?: string;
  readonly policy?: Partial<HistoryPolicy>;
};

export function openHistoryRig(t: TestContext, { file, policy }: RigOptions = {}) {
  const troubles: HistoryTrouble[] = [];
  const returns: string[] = [];
  const members = new Map<string, unknown>();
  let wallMs = START_MS;
  let nowMs = 1;
  const open = () =>
    openHistory({
      file,
      policy: { ...POLICY, ...policy },
      now: () => nowMs,
      wallNow: () => wallMs,
      members: () => members,
      onTrouble: (trouble) => troubles.push(trouble),
      onReturn: (name) => returns.push(name),
    });
  let history = open();
  t.after(() => history.close());
  return {
    get history() {
      return history;
    },
    troubles,
    returns,
    members,
    pass(ms: number): void {
      wallMs += ms;
      nowMs += ms;
    },
    stepClock(ms: number): void {
      wallMs += ms;
    },
    nowMs: () => wallMs,
    reopen(): History {
      history.close();
      history = open();
      return history;
    },
  } satisfies HistoryRig;
}

export function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-history-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Something that happened, told apart by its reason. */
export function happening(reason: string): NewEvent {
  return { kind: "state", subject: "east-1", from: "up", to: "down", reason };
}

export function reasonsOf(events: readonly FleetEvent[]): string[] {
  return events.map(({ reason }) => reason);
}
