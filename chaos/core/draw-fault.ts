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
      readonly reason: "touches-no-requests" | "other-path" | "no-playlist" | "not-drawn";
    };

const PLAYLIST_PATH = /\.m3u8$/i;

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
  if (fault.fault === "stale-playlist" && !asksForPlaylist(asked)) {
    return { run, decision: spare("no-playlist") };
  }
  const number = run.numberedRequests + 1;
  const counted = { ...run, numberedRequests: number };
  const touch = { action: "touch", fault, number } as const;
  if (share >= 1) return { run: counted, decision: { ...touch, reason: "every-request" } };

  const isDrawn = seededRandom(`${seed} ${number}`)() < share;
  const decision = isDrawn ? ({ ...touch, reason: "drawn" } as const) : spare("not-drawn");
  return { run: counted, decision };
}

function asksForPlaylist({ method, target }: Asked): boolean {
  const isReading = method === "GET" || method === "HEAD";
  return isReading && target !== undefined && PLAYLIST_PATH.test(pathOf(target));
}
