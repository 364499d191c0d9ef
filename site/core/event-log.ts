/**
 * What happened to this viewer's playback and to the boxes behind it, newest first, and the story of
 * the latest switch.
 *
 * A failover reaches the page in pieces: the failover itself, the resumed body a moment later, and
 * the buffer that goes on shrinking until the new pathway has caught up. The log puts them together,
 * so that the page can tell them in one sentence.
 */
import type {
  DegradedEvent,
  FailbackEvent,
  FailoverEvent,
  ResumeEvent,
} from "../../player/contract/player-events.ts";
import type { FaultStory } from "./fault-stories.ts";
import type { PlayerStory } from "./switch-sentence.ts";

export type Story = PlayerStory | FaultStory;
export type LogEntry<Told extends Story = Story> = {
  readonly id: number;
  readonly atMs: number;
  readonly story: Told;
};
/** What says where playback stands. */
export type SwitchStory = Exclude<PlayerStory, { readonly kind: "resume" }>;

/** Newest first. */
export type EventLog = readonly LogEntry[];

/** What the player said, under the name that it said it. */
export type HeardEvent =
  | { readonly kind: "failover"; readonly event: FailoverEvent }
  | { readonly kind: "failback"; readonly event: FailbackEvent }
  | { readonly kind: "resume"; readonly event: ResumeEvent }
  | { readonly kind: "degraded"; readonly event: DegradedEvent };

export const EVENT_LOG_LIMIT = 50;
/** A resumed body belongs to a failover that is at most this old. */
const RESUME_BELONGS_MS = 5_000;
/** A failover to who has just ended an outage is how it ended. */
const ENDS_OUTAGE_MS = 1_000;
/** For how long after a failover the buffer is watched for its lowest point. */
const BUFFER_WATCH_MS = 10_000;

/** While nothing can be reached, a failover is only the next try, and then the end of it: neither is told. */
export function recordEvent(log: EventLog, heard: HeardEvent, nowMs: number): EventLog {
  if (heard.kind === "failover" && isOutOfReach(log)) return log;
  if (heard.kind === "failover" && hasJustEndedOutage(log, heard.event.to, nowMs)) return log;
  return addStory(noteSequel(log, heard, nowMs), storyOf(heard), nowMs);
}

export function recordFaults(
  log: EventLog,
  stories: readonly FaultStory[],
  nowMs: number,
): EventLog {
  return stories.reduce((earlier, story) => addStory(earlier, story, nowMs), log);
}

/** Lowers the lowest buffer of the failovers that are still being watched. */
export function noteBuffer(log: EventLog, bufferSeconds: number, nowMs: number): EventLog {
  const isLower = ({ story, atMs }: LogEntry) =>
    story.kind === "failover" &&
    story.outcome === "took-over" &&
    nowMs - atMs <= BUFFER_WATCH_MS &&
    bufferSeconds < story.lowestBufferSeconds;
  if (!log.some(isLower)) return log;
  return log.map((entry) =>
    isLower(entry) && entry.story.kind === "failover"
      ? { ...entry, story: { ...entry.story, lowestBufferSeconds: bufferSeconds } }
      : entry,
  );
}

/**
 * The entry that tells best where playback stands since the latest switch or outage: of several
 * failovers that belong together (sound and picture fail separately), the one in which a body was
 * resumed.
 */
export function latestSwitch(log: EventLog): LogEntry<SwitchStory> | undefined {
  const latest = log.find(isSwitch);
  if (latest?.story.kind !== "failover") return latest;
  const { from, to } = latest.story.event;
  const resumed = log
    .filter(isSwitch)
    .find(
      ({ story, atMs }) =>
        story.kind === "failover" &&
        story.resumedAtByte !== undefined &&
        story.event.from === from &&
        story.event.to === to &&
        latest.atMs - atMs <= RESUME_BELONGS_MS,
    );
  return resumed ?? latest;
}

function isSwitch(entry: LogEntry): entry is LogEntry<SwitchStory> {
  return SWITCH_KINDS.has(entry.story.kind);
}

const SWITCH_KINDS: ReadonlySet<Story["kind"]> = new Set<SwitchStory["kind"]>([
  "failover",
  "failback",
  "degraded",
]);

function addStory(log: EventLog, story: Story, nowMs: number): EventLog {
  const entry: LogEntry = { id: (log[0]?.id ?? 0) + 1, atMs: nowMs, story };
  return [entry, ...log].slice(0, EVENT_LOG_LIMIT);
}

function isOutOfReach(log: EventLog): boolean {
  const latest = log.find(({ story }) => story.kind === "degraded")?.story;
  return latest?.kind === "degraded" && latest.event.state === "unreachable";
}

function hasJustEndedOutage(log: EventLog, pathway: string, nowMs: number): boolean {
  const latest = log.find(({ story }) => story.kind === "degraded");
  if (latest?.story.kind !== "degraded" || nowMs - latest.atMs > ENDS_OUTAGE_MS) return false;
  const { event } = latest.story;
  return event.state === "recovered" && event.pathway === pathway;
}

function storyOf(heard: HeardEvent): PlayerStory {
  if (heard.kind !== "failover") return heard;
  return {
    ...heard,
    resumedAtByte: undefined,
    lowestBufferSeconds: heard.event.bufferSeconds,
    outcome: "took-over",
  };
}

/** What an event says about the failovers before it. */
function noteSequel(log: EventLog, { kind, event }: HeardEvent, nowMs: number): EventLog {
  if (kind === "resume") return noteResume(log, event, nowMs);
  if (kind === "degraded" && event.state === "unreachable") return noteOutage(log, nowMs);
  return log;
}

/** Nobody took over in a failover that ended in an outage, and what is in hand is no longer its merit. */
function noteOutage(log: EventLog, nowMs: number): EventLog {
  return log.map((entry) =>
    entry.story.kind === "failover" && nowMs - entry.atMs <= BUFFER_WATCH_MS
      ? { ...entry, story: { ...entry.story, outcome: "out-of-reach" } }
      : entry,
  );
}

function noteResume(log: EventLog, { from, to, atByte }: ResumeEvent, nowMs: number): EventLog {
  const failover = log.find(
    ({ story, atMs }) =>
      story.kind === "failover" &&
      story.resumedAtByte === undefined &&
      story.event.keptBytes > 0 &&
      story.event.from === from &&
      story.event.to === to &&
      nowMs - atMs <= RESUME_BELONGS_MS,
  );
  return log.map((entry) =>
    entry === failover && entry.story.kind === "failover"
      ? { ...entry, story: { ...entry.story, resumedAtByte: atByte } }
      : entry,
  );
}
