/**
 * Composes what a channel shows: its titles in a loop, with the place of every segment in it.
 *
 * The segments of a title's streams differ in length by fractions, and so do the streams. Each title
 * therefore has one slot of the loop, as long as its longest stream, and all its streams begin with the
 * slot: however often the loop has run, sound and picture change titles at the same moment.
 */
import type { AttributeList } from "../../kernel/playlist-lines.ts";
import type { TitleLadder, TitleStream } from "./title-ladder.ts";

export type ChannelProgram = {
  readonly titleIds: readonly string[];
  readonly loopMs: number;
  /** One for all streams, for ever (RFC 8216bis §6.2.2, §6.2.4). */
  readonly targetDurationSeconds: number;
  /** In the order of the multivariant playlist. */
  readonly streams: readonly ProgramStream[];
};

export type ProgramStream = Pick<TitleStream, "kind" | "id" | "attributes"> & {
  /** Title id → path of its init section in the library. */
  readonly inits: ReadonlyMap<string, string>;
  /** Of one loop. */
  readonly segments: readonly ProgramSegment[];
};

export type ProgramSegment = {
  /** In the library. */
  readonly path: string;
  readonly titleId: string;
  /** Which slot of the loop it stands in. */
  readonly slot: number;
  readonly beginsSlot: boolean;
  /** From the begin of the loop; fractions are exact to the microsecond. */
  readonly startMs: number;
  readonly endMs: number;
};

export type Composition =
  | { readonly kind: "program"; readonly program: ChannelProgram }
  | { readonly kind: "refused"; readonly reason: string };

/** They follow from a title's pictures; everything else must be the same in all titles. */
const MEASURED = ["BANDWIDTH", "AVERAGE-BANDWIDTH"];
/** A player bridges a hole of this length at the end of a stream without stopping. */
const MOST_UNEVEN_MS = 100;

/** @param ladders of the titles to show, in their order; at least one. */
export function composeProgram(ladders: readonly TitleLadder[]): Composition {
  const [first] = ladders;
  if (first === undefined) return { kind: "refused", reason: "it shows no title" };
  const other = ladders.find((ladder) => ladderKey(ladder) !== ladderKey(first));
  if (other !== undefined) {
    const reason = `the streams of ${other.titleId} differ from those of ${first.titleId}`;
    return { kind: "refused", reason };
  }
  const uneven = ladders.find((ladder) => unevennessMs(ladder) > MOST_UNEVEN_MS);
  if (uneven !== undefined) {
    const reason = `the streams of ${uneven.titleId} end more than ${MOST_UNEVEN_MS} ms apart`;
    return { kind: "refused", reason };
  }

  const slotsMs = ladders.map((ladder) => Math.ceil(Math.max(...lengthsMs(ladder))));
  const durations = ladders.flatMap(({ streams }) =>
    streams.flatMap(({ segments }) => segments.map((segment) => segment.durationMicroseconds)),
  );
  const longest = durations.reduce((most, duration) => Math.max(most, duration), 0);
  return {
    kind: "program",
    program: {
      titleIds: ladders.map(({ titleId }) => titleId),
      loopMs: sum(slotsMs),
      // A stream of very short segments has a target duration too, which may not be 0.
      targetDurationSeconds: Math.max(1, Math.round(longest / 1e6)),
      streams: first.streams.map((stream) => joinStream(stream, ladders, slotsMs)),
    },
  };
}

function joinStream(
  { kind, id, attributes }: TitleStream,
  ladders: readonly TitleLadder[],
  slotsMs: readonly number[],
): ProgramStream {
  // Every ladder has it: they are the same.
  const parts = ladders.map(
    ({ streams }) => streams.find((stream) => stream.id === id) as TitleStream,
  );
  return {
    kind,
    id,
    attributes: joinAttributes(attributes, parts, slotsMs),
    inits: new Map(parts.map(({ initPath }, slot) => [titleAt(ladders, slot), initPath])),
    segments: parts.flatMap(({ segments }, slot) => {
      // Whole microseconds, so that the sum of many fractions stays exact.
      let microseconds = sum(slotsMs.slice(0, slot)) * 1000;
      return segments.map(({ path, durationMicroseconds }, place): ProgramSegment => {
        const startMs = microseconds / 1000;
        microseconds += durationMicroseconds;
        return {
          path,
          titleId: titleAt(ladders, slot),
          slot,
          beginsSlot: place === 0,
          startMs,
          endMs: microseconds / 1000,
        };
      });
    }),
  };
}

/** BANDWIDTH is the peak of all titles, AVERAGE-BANDWIDTH their mean by length (RFC 8216bis §4.4.6.2). */
function joinAttributes(
  attributes: AttributeList,
  parts: readonly TitleStream[],
  slotsMs: readonly number[],
): AttributeList {
  const joined = new Map(attributes);
  const valuesOf = (name: string) => parts.map((part) => Number(part.attributes.get(name)));
  if (joined.has("BANDWIDTH")) joined.set("BANDWIDTH", String(Math.max(...valuesOf("BANDWIDTH"))));
  if (joined.has("AVERAGE-BANDWIDTH")) {
    const bits = sum(
      valuesOf("AVERAGE-BANDWIDTH").map((rate, slot) => rate * (slotsMs[slot] ?? 0)),
    );
    joined.set("AVERAGE-BANDWIDTH", String(Math.ceil(bits / sum(slotsMs))));
  }
  return joined;
}

/** What must be the same in two ladders; the order of streams and attributes does not matter. */
function ladderKey({ streams }: TitleLadder): string {
  const keys = streams.map(({ kind, id, attributes }) => {
    const entries = Array.from(attributes, ([name, raw]) =>
      // Each title has its playlists where it likes, and its bandwidths; only that it has them counts.
      name === "URI" || MEASURED.includes(name) ? name : `${name}=${raw}`,
    );
    return [kind, id, ...entries.sort()].join("\n");
  });
  return keys.sort().join("\n\n");
}

function unevennessMs(ladder: TitleLadder): number {
  const lengths = lengthsMs(ladder);
  return Math.max(...lengths) - Math.min(...lengths);
}

function lengthsMs({ streams }: TitleLadder): number[] {
  return streams.map(
    ({ segments }) =>
      segments.reduce((total, { durationMicroseconds }) => total + durationMicroseconds, 0) / 1000,
  );
}

function titleAt(ladders: readonly TitleLadder[], slot: number): string {
  return (ladders[slot] as TitleLadder).titleId;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
