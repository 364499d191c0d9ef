/**
 * Decides whether the first question about an object of which nothing is known is for one slice of it.
 *
 * To find out what an object is by fetching it from its first byte is right where the client wants that
 * byte, or one soon after. Who wants a range far into it would wait for all that lies before, or ask a
 * second time: the slice that holds the range answers both what the object is and what the client wants.
 */
import { parseContentRange } from "../../kernel/byte-range.ts";
import { decideStoring, type StoringPolicy } from "./decide-storing.ts";
import {
  maySlice,
  type SlicedHead,
  type SlicingPolicy,
  sliceAt,
  slicedHead,
  sliceRange,
} from "./slicing.ts";
import { describeAnswer, type OriginAnswer } from "./stored-metadata.ts";

const FIRST_BYTE = /^bytes=[ \t]*(\d+)-\d*[ \t]*$/i;

/** The slice to ask for; undefined where the object is asked for from its beginning. */
export function sliceToExplore(
  range: string | undefined,
  { sliceBytes }: SlicingPolicy,
): number | undefined {
  const first = FIRST_BYTE.exec(range ?? "")?.[1];
  if (first === undefined) return undefined;
  const index = sliceAt(Number(first), { sliceBytes });
  return index === 0 || !Number.isSafeInteger((index + 1) * sliceBytes) ? undefined : index;
}

export function explorationFields(index: number, { sliceBytes }: SlicingPolicy) {
  const first = index * sliceBytes;
  return { accept: "*/*", range: `bytes=${first}-${first + sliceBytes - 1}` };
}

/** The head of the object of which this answer is a slice; undefined where slices of it are not safe. */
export function headOfExplored(
  key: string,
  answer: OriginAnswer,
  index: number,
  policy: SlicingPolicy & StoringPolicy,
): SlicedHead | undefined {
  const { status, fields } = answer;
  const range = parseContentRange(fields["content-range"]);
  if (status !== 206 || range?.sizeBytes === undefined || !maySlice(fields)) {
    return undefined;
  }
  const whole = { ...answer, status: 200 };
  if (decideStoring(whole, policy).action !== "store") return undefined;
  const metadata = describeAnswer(key, whole, range.sizeBytes, policy);
  const head = slicedHead(metadata, range.sizeBytes, policy);
  const expected = sliceRange(head, index);
  const isWhatWasAsked = range.first === expected.first && range.last === expected.last;
  return isWhatWasAsked ? head : undefined;
}
