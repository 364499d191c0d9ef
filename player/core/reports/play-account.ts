/**
 * Keeps account of a play for its reports: which state the viewer sees, how long the first picture took,
 * how often and how long it stood still, and who is to blame for it. Each change says which events of CMCD
 * (CTA-5004-B, table 1) follow from it.
 *
 * A picture stands still some time after its host has failed, and often when another host is serving
 * already. So a stall is put down to whoever failed since the last segment arrived, and only where nobody
 * did to the host that is serving.
 */
import { type EndedAttempt, hasFailed, writeResponse } from "./ended-attempt.ts";
import type { CmcdData } from "./write-cmcd.ts";

/** As `sta` has them: preloading, starting, playing, seeking, rebuffering, paused, ended, failed, quit. */
type PlayState = "d" | "s" | "p" | "k" | "r" | "a" | "e" | "f" | "q";

export type PlayAccount = {
  readonly state: PlayState;
  /** Since when the viewer has been waiting for the first picture. */
  readonly startingSinceMs: number;
  /** How long that was; undefined until it has come. */
  readonly startDelayMs: number | undefined;
  readonly stall: { readonly sinceMs: number; readonly pathway: string | undefined } | undefined;
  readonly stalls: number;
  readonly stalledMs: number;
  /** Who brought the last segment. */
  readonly pathway: string | undefined;
  readonly host: string | undefined;
  /** Who has failed since then. */
  readonly failed: string | undefined;
  readonly bitrateKbps: number | undefined;
  readonly isHidden: boolean;
};

export type PlayChange =
  /** Told to play, by the viewer or by the page. */
  | { readonly kind: "told-to-play" | "playing" | "waiting" | "seeking" | "paused" | "ended" }
  | { readonly kind: "quit" }
  | { readonly kind: "bitrate"; readonly bitrateKbps: number }
  | { readonly kind: "rate"; readonly rate: number }
  | { readonly kind: "hidden"; readonly isHidden: boolean }
  | { readonly kind: "error"; readonly code: string; readonly isFatal: boolean };

export type Accounted = {
  readonly account: PlayAccount;
  /** Without what all events have, and without the time. */
  readonly events: readonly CmcdData[];
};

/** What steering reads before `cdn`, which names the pathway that is serving now. */
export const PATHWAY_KEY = "com.understudy-pathway";

export function openAccount(nowMs: number): PlayAccount {
  return {
    state: "d",
    startingSinceMs: nowMs,
    startDelayMs: undefined,
    stall: undefined,
    stalls: 0,
    stalledMs: 0,
    pathway: undefined,
    host: undefined,
    failed: undefined,
    bitrateKbps: undefined,
    isHidden: false,
  };
}

/** What is so at any moment, for every event but `rr`. */
export function standingKeys(account: PlayAccount): CmcdData {
  const { state, pathway, host, stall, bitrateKbps, stalls, stalledMs, isHidden } = account;
  return {
    sta: state,
    cdn: pathway,
    h: host,
    [PATHWAY_KEY]: stall?.pathway === pathway ? undefined : stall?.pathway,
    br: bitrateKbps === undefined ? undefined : [bitrateKbps],
    bs: stall === undefined ? undefined : true,
    bsa: stalls === 0 ? undefined : [stalls],
    bsda: stalledMs === 0 ? undefined : [Math.round(stalledMs)],
    bg: isHidden ? true : undefined,
  };
}

export function accountAttempt(account: PlayAccount, ended: EndedAttempt): Accounted {
  const response = writeResponse(ended);
  const { purpose, kind, outcome, pathway, url } = ended;
  if (purpose === "probe") return { account, events: [response] };
  if (hasFailed(ended)) {
    return { account: { ...account, failed: pathway ?? account.failed }, events: [response] };
  }
  if (outcome !== "whole" || kind !== "segment") return { account, events: [response] };
  const { host } = new URL(url);
  const next = { ...account, pathway, host, failed: undefined };
  const hasMoved = account.host !== undefined && account.host !== host;
  return {
    account: next,
    events: hasMoved ? [response, { ...standingKeys(next), e: "h" }] : [response],
  };
}

export function accountChange(account: PlayAccount, change: PlayChange, nowMs: number): Accounted {
  switch (change.kind) {
    case "bitrate": {
      if (account.bitrateKbps === change.bitrateKbps) return { account, events: [] };
      const next = { ...account, bitrateKbps: change.bitrateKbps };
      return { account: next, events: [{ ...standingKeys(next), e: "bc" }] };
    }
    case "rate":
      return {
        account,
        events:
          account.state === "p" ? [{ ...standingKeys(account), e: "pr", pr: change.rate }] : [],
      };
    case "hidden": {
      if (account.isHidden === change.isHidden) return { account, events: [] };
      const next = { ...account, isHidden: change.isHidden };
      return { account: next, events: [{ ...standingKeys(next), e: "b", bg: next.isHidden }] };
    }
    case "error": {
      const moved = change.isFatal ? moveTo(account, "f", nowMs) : { account, events: [] };
      const error = { ...standingKeys(moved.account), e: "e", ec: [change.code] };
      return { account: moved.account, events: [error, ...moved.events] };
    }
    default:
      return moveTo(account, stateAfter(account, change.kind), nowMs);
  }
}

type Move = "told-to-play" | "playing" | "waiting" | "seeking" | "paused" | "ended" | "quit";

/** Nothing before the first picture is a stall, a seek or a pause, and a seek that waits is no stall. */
function stateAfter({ state, startDelayMs }: PlayAccount, move: Move): PlayState {
  const hasStarted = startDelayMs !== undefined;
  switch (move) {
    case "told-to-play":
      if (state === "d") return "s";
      // Whoever plays on without a byte in hand meets a stall.
      return state === "a" ? "p" : state;
    case "playing":
      return "p";
    case "waiting":
      return state === "p" ? "r" : state;
    case "seeking":
      return hasStarted ? "k" : state;
    case "paused":
      return hasStarted ? "a" : state;
    case "ended":
      return "e";
    case "quit":
      return state === "e" || state === "f" ? state : "q";
  }
}

function moveTo(account: PlayAccount, state: PlayState, nowMs: number): Accounted {
  if (state === account.state) return { account, events: [] };
  const { stall, stalls, stalledMs, pathway, failed, startingSinceMs } = account;
  const isFirstPicture = state === "p" && account.startDelayMs === undefined;
  const stalledForMs = stall === undefined ? 0 : nowMs - stall.sinceMs;
  const next: PlayAccount = {
    ...account,
    state,
    startingSinceMs: state === "s" ? nowMs : startingSinceMs,
    startDelayMs: isFirstPicture ? Math.round(nowMs - startingSinceMs) : account.startDelayMs,
    stall: state === "r" ? { sinceMs: nowMs, pathway: failed ?? pathway } : undefined,
    stalls: state === "r" ? stalls + 1 : stalls,
    stalledMs: stalledMs + stalledForMs,
  };
  const event: CmcdData = {
    ...standingKeys(next),
    // The end of a stall is told of the pathway that its beginning was told of.
    ...(stall === undefined ? {} : { [PATHWAY_KEY]: stall.pathway }),
    e: "ps",
    bsd: stall === undefined ? undefined : [Math.round(stalledForMs)],
    msd: isFirstPicture ? next.startDelayMs : undefined,
  };
  return { account: next, events: [event] };
}
