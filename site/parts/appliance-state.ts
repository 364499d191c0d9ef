/** How the state of an appliance is shown: a shape, a word and a tone, never colour alone. */
import { html, svg } from "lit";
import type { ApplianceState } from "../core/appliance-cards.ts";

type Showing = {
  readonly word: string;
  readonly tone: "good" | "quiet" | "watch" | "bad";
  /** Drawn in a square of 16 × 16. */
  readonly shape: ReturnType<typeof svg>;
};

const RING = svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />`;

const SHOWINGS: Readonly<Record<ApplianceState, Showing>> = {
  serving: {
    word: "serving you",
    tone: "good",
    shape: svg`<path fill="currentColor" d="M4 2v12l10-6z" />`,
  },
  standby: { word: "standing by", tone: "quiet", shape: RING },
  avoided: {
    word: "avoided",
    tone: "watch",
    shape: svg`${RING}<path d="M4 12 12 4" stroke="currentColor" stroke-width="2" />`,
  },
  probing: {
    word: "tried again",
    tone: "watch",
    shape: svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2.8" />`,
  },
  recovering: {
    word: "recovering",
    tone: "watch",
    shape: svg`${RING}<path fill="currentColor" d="M8 2.5a5.5 5.5 0 0 1 0 11z" />`,
  },
  draining: {
    word: "draining",
    tone: "watch",
    shape: svg`<path d="M8 2v11M3.5 8.5 8 13l4.5-4.5" fill="none" stroke="currentColor" stroke-width="2" />`,
  },
  down: {
    word: "down",
    tone: "bad",
    shape: svg`<path d="m3.5 3.5 9 9m0-9-9 9" stroke="currentColor" stroke-width="2.4" />`,
  },
  stopped: {
    word: "stopped",
    tone: "bad",
    shape: svg`<path fill="currentColor" d="M3 3h10v10H3z" />`,
  },
  stopping: {
    word: "stopping",
    tone: "watch",
    shape: svg`<path d="M4 4h8v8H4z" fill="none" stroke="currentColor" stroke-width="2" />`,
  },
  starting: {
    word: "starting",
    tone: "watch",
    shape: svg`<path d="M3.5 9.5 8 5l4.5 4.5" fill="none" stroke="currentColor" stroke-width="2" />`,
  },
  restarting: {
    word: "starting again",
    tone: "watch",
    shape: svg`<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3.2H9.8" fill="none" stroke="currentColor" stroke-width="2" />`,
  },
  unknown: {
    word: "not known yet",
    tone: "quiet",
    shape: svg`<path d="M3 8h2m2 0h2m2 0h2" stroke="currentColor" stroke-width="2" />`,
  },
};

export function renderApplianceState(state: ApplianceState) {
  const { word, tone, shape } = SHOWINGS[state];
  return html`<span class="state state--${tone}">
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">${shape}</svg>${word}
  </span>`;
}
