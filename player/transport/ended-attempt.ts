/**
 * Where reports reach into the transport: what each attempt came to, and what a request is to carry so
 * that its host knows who asks. Both are left out where nobody listens.
 */
import type { ResourceKind } from "../contract/player-events.ts";
import type { EndedAttempt } from "../core/reports/ended-attempt.ts";
import type { AttemptOutcome } from "./attempt.ts";
import type { Asked } from "./leg.ts";

export type ReportHooks = {
  /** An attempt has ended, well or not. */
  readonly onAttempt?: (ended: EndedAttempt) => void;
  /** Makes of a URL and its headers those that are sent. */
  readonly label?: LabelRequest;
};

export type Labelled = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type LabelRequest = (request: Labelled, about: RequestSubject) => Labelled;
export type RequestSubject = {
  readonly kind: ResourceKind;
  readonly pathway: string;
  readonly durationMs: number | undefined;
};

type Came = Pick<Asked, "outcome" | "progress">;

export function withLabel(
  { id, url }: { readonly id: string; readonly url: string },
  { kind, headers, durationMs }: Omit<RequestSubject, "pathway"> & Pick<Labelled, "headers">,
  label: LabelRequest | undefined,
): Labelled {
  return label?.({ url, headers }, { kind, pathway: id, durationMs }) ?? { url, headers };
}

/** One of the media player's. A source of multivariant playlists is no pathway, whatever its id. */
export function endedLeg(
  leg: Pick<EndedAttempt, "kind" | "url" | "host" | "durationMs" | "purpose"> & {
    readonly id: string;
  },
  { outcome, progress, ...brought }: Came & Pick<EndedAttempt, "fromByte" | "bytes">,
): EndedAttempt {
  const { kind, url, host, durationMs, purpose, id } = leg;
  const pathway = kind === "multivariant-playlist" ? undefined : id;
  const about = { kind, url, host, pathway, durationMs, purpose, ...brought };
  return { ...about, ...timesOf(progress), ...whatCame(outcome) };
}

/**
 * Nobody but the prober waits for it. Whether it was good is the prober's to say: a host that knows no ranges
 * still serves, and one that sends a whole segment of rubbish does not.
 */
export function endedProbe(
  target: Pick<EndedAttempt, "url" | "host" | "durationMs">,
  probe: Came & { readonly receivedBytes: number; readonly isGood: boolean },
): EndedAttempt {
  const { url, host, durationMs } = target;
  const { outcome, progress, receivedBytes, isGood } = probe;
  const { status, outcome: came } = whatCame(outcome);
  return {
    kind: durationMs === undefined ? "media-playlist" : "segment",
    url,
    host,
    pathway: undefined,
    durationMs,
    purpose: "probe",
    fromByte: 0,
    bytes: receivedBytes,
    ...timesOf(progress),
    status,
    outcome: isGood ? "whole" : came === "whole" ? "corrupt" : came,
  };
}

function timesOf({
  startedMs,
  firstByteMs,
  lastByteMs,
}: Came["progress"]): Pick<EndedAttempt, "startedMs" | "firstByteMs" | "lastByteMs"> {
  return { startedMs, firstByteMs, lastByteMs };
}

function whatCame(outcome: AttemptOutcome): Pick<EndedAttempt, "status" | "outcome"> {
  switch (outcome.kind) {
    case "whole":
      return { status: outcome.response.status, outcome: "whole" };
    case "failed":
      return { status: outcome.status, outcome: outcome.reason };
    case "restart":
    case "moved":
    case "aborted":
      return { status: undefined, outcome: outcome.kind };
  }
}
