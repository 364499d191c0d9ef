/**
 * Decides whether a running fault touches a request: by its path, then by a draw of its share.
 *
 * The draw follows from the seed and from the request's number alone, counted over the requests to
 * the fault's paths. So the same seed touches the same requests, whatever else is asked meanwhile.
 */
import { seededRandom } from "../../kernel/seeded-random.ts";
import { type FaultRun, isOfRequests, type RequestFault } from "./fault-run.ts";
import { matchesSomePath, pathOf } from "./path-pattern.ts";

/** What a request asks for, as far as a draw wants to know. */
export type Asked = {
  readonly method: string;
  /** Undefined for a stretch of a connection that is no HTTP. */
  readonly target: string | undefined;
};

export type FaultDecision =
  | {
      readonly action: "touch";
      readonly reason: "every-request" | "drawn";
      readonly fault: RequestFault;
      /** Of the request, from which follows whatever else is drawn for it. */
      readonly number: number;
    }
  | {
      readonly action: "spare";
      readonly reason:
        | "touches-no-requests"
        | "other-path"
        | "no-playlist"
        | "no-segment"
        | "not-drawn";
    };

const PLAYLIST_PATH = /\.m3u8$/i;
const SEGMENT_PATH = /\.(?:m4[asv]|mp4|cmf[atv]|ts|aac|ac3|mp3|vtt|webvtt|webm)$/i;

/** What some faults are of by nature, whatever paths they are given. */
const SUBJECTS: Readonly<Partial<Record<RequestFault["fault"], Subject>>> = {
  "stale-playlist": { path: PLAYLIST_PATH, missed: "no-playlist" },
  "status-404": { path: SEGMENT_PATH, missed: "no-segment" },
  corrupt: { path: SEGMENT_PATH, missed: "no-segment" },
  "redirect-dead": { path: SEGMENT_PATH, missed: "no-segment" },
};
type Subject = { readonly path: RegExp; readonly missed: "no-playlist" | "no-segment" };

export function drawFault(
  run: FaultRun,
  asked: Asked,
): { readonly run: FaultRun; readonly decision: FaultDecision } {
  const { fault } = run;
  const spare = (reason: Extract<FaultDecision, { action: "spare" }>["reason"]) =>
    ({ action: "spare", reason }) as const;
  if (!isOfRequests(fault)) return { run, decision: spare("touches-no-requests") };
  const { paths, seed, share } = fault;
  if (!matchesSomePath(paths, asked.target)) return { run, decision: spare("other-path") };
  const subject = SUBJECTS[fault.fault];
  if (subject !== undefined && !asksFor(subject, asked)) {
    return { run, decision: spare(subject.missed) };
  }
  const number = run.numberedRequests + 1;
  const counted = { ...run, numberedRequests: number };
  const touch = { action: "touch", fault, number } as const;
  if (share >= 1) return { run: counted, decision: { ...touch, reason: "every-request" } };

  const isDrawn = seededRandom(`${seed} ${number}`)() < share;
  const decision = isDrawn ? ({ ...touch, reason: "drawn" } as const) : spare("not-drawn");
  return { run: counted, decision };
}

function asksFor({ path }: Subject, { method, target }: Asked): boolean {
  const isReading = method === "GET" || method === "HEAD";
  return isReading && target !== undefined && path.test(pathOf(target));
}
