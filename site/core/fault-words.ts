/**
 * What each fault is called and what it does to an appliance, in words that need no manual; and how
 * long one may be asked to last.
 */
import type { FaultName, RunningFault } from "../../chaos/contract/faults.ts";
import { listWords, shareWords, sizeWords } from "./quantity-words.ts";

export type FaultWords = { readonly name: string; readonly explanation: string };

export const FAULT_WORDS: Readonly<Record<FaultName, FaultWords>> = {
  refuse: { name: "Switched off", explanation: "Refuses every connection" },
  reset: { name: "Reset", explanation: "Breaks the connection in the middle of an answer" },
  blackhole: { name: "Black hole", explanation: "Accepts connections, never answers" },
  "hang-mid": { name: "Hangs half-way", explanation: "Sends half of an answer, then falls silent" },
  trickle: { name: "Trickle", explanation: "Sends every byte, far too slowly" },
  brownout: { name: "Brownout", explanation: "Answers, but more slowly than the video plays" },
  latency: { name: "Late answers", explanation: "Begins each answer a moment later" },
  "status-503": { name: "503 errors", explanation: "Says “unavailable” to every request" },
  "status-404": { name: "404 errors", explanation: "Says that it has no segment of any video" },
  "html-200": { name: "Web page", explanation: "Sends a web page, whatever it is asked for" },
  truncate: { name: "Cut short", explanation: "Sends half of an answer, then hangs up" },
  corrupt: { name: "Wrong bytes", explanation: "Sends segments whole, with every byte wrong" },
  "redirect-dead": {
    name: "Dead redirect",
    explanation: "Sends players on to where nobody answers",
  },
  "stale-playlist": {
    name: "Frozen playlist",
    explanation: "Repeats old playlists: a live channel stands still",
  },
  flap: { name: "Flapping", explanation: "Goes and comes back, every few seconds" },
};

/** Long enough to see the player leave and return, and short enough to wait for. */
export const FAULT_SECONDS_CHOICES: readonly number[] = [10, 20, 60];
export const DEFAULT_FAULT_SECONDS = 20;

/** The name as it stands in the middle of a sentence: `black hole`. */
export function faultInSentence(fault: FaultName): string {
  const { name } = FAULT_WORDS[fault];
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** As the chaos service fills in what was left open. */
const EVERY_PATH = "*";

/** What a running fault does, with its own figures: `Sends every byte at 8 KB/s, to 30 % of requests`. */
export function runningFaultWords({ fault, parameters }: RunningFault): string {
  const { share, paths, bytesPerSecond } = parameters;
  const does =
    typeof bytesPerSecond === "number"
      ? `Sends every ${fault === "brownout" ? "body" : "byte"} at ${sizeWords(bytesPerSecond)}/s`
      : FAULT_WORDS[fault].explanation;
  const toWhom =
    typeof share === "number" && share < 1 ? `, to ${shareWords(share)} of requests` : "";
  const forWhat =
    Array.isArray(paths) && paths.length > 0 && !paths.includes(EVERY_PATH)
      ? `, for ${listWords(paths.map(String))} only`
      : "";
  return `${does}${toWhom}${forWhat}`;
}
