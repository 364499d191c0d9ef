/**
 * What stands over the picture while no box can be reached: a band while the buffer still plays, the
 * whole screen once it is empty. Goes away by itself.
 */
import "./degraded-slate.css";
import { html, nothing } from "lit";
import { durationWords, listWords, secondsWords } from "../core/quantity-words.ts";
import type { Outage } from "../wire/watch-session.ts";
import { PlainElement } from "./plain-element.ts";

class DegradedSlate extends PlainElement {
  static override properties = {
    outage: { attribute: false },
    isDry: { attribute: false },
    bufferSeconds: { attribute: false },
    nowMs: { attribute: false },
  };
  declare outage: Outage | undefined;
  /** Nothing is left to play. */
  declare isDry: boolean;
  declare bufferSeconds: number;
  declare nowMs: number;

  protected override render() {
    const { outage } = this;
    if (outage === undefined) return nothing;
    const asked =
      outage.tried.length === 0 ? "" : ` Asking ${listWords(outage.tried)} again and again.`;
    const left = this.isDry ? "" : `, ${secondsWords(this.bufferSeconds)} of picture left`;
    return html`<div class=${this.isDry ? "slate full" : "slate band"} data-testid="slate" data-state=${this.isDry ? "dry" : "playing"}>
      <div class="words">
        <p class="sentence">
          No box that has the picture can be reached. Playback goes on by itself as soon as one answers.
        </p>
        <p class="facts">
          <span class="tabular">For ${durationWords(this.nowMs - outage.sinceMs)} so far${left}.</span>${asked}
        </p>
      </div>
    </div>`;
  }
}

customElements.define("degraded-slate", DegradedSlate);
