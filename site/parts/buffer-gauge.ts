/** How many seconds of film are here already, and how that went over the last minute. */
import "./buffer-gauge.css";
import { html, svg } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { type BufferHistory, sparklinePoints } from "../core/buffer-history.ts";
import { secondsWords } from "../core/quantity-words.ts";
import { PlainElement } from "./plain-element.ts";

/** What the gauge shows as full, unless more has been buffered. */
const FULL_SECONDS = 30;

class BufferGauge extends PlainElement {
  static override properties = {
    seconds: { attribute: false },
    history: { attribute: false },
    nowMs: { attribute: false },
  };
  declare seconds: number;
  declare history: BufferHistory;
  declare nowMs: number;

  protected override render() {
    const fullSeconds = Math.max(FULL_SECONDS, ...this.history.map(({ seconds }) => seconds));
    const lowest = Math.min(...this.history.map(({ seconds }) => seconds));
    const width = `${Math.min(100, (this.seconds / fullSeconds) * 100).toFixed(1)}%`;
    return html`
      <div class="head">
        <h3>Buffer</h3>
        <span class="figures now">${secondsWords(this.seconds)}</span>
        <span class="lowest">${
          Number.isFinite(lowest)
            ? html`lowest of the last minute <span class="tabular">${secondsWords(lowest)}</span>`
            : "nothing measured yet"
        }</span>
      </div>
      <div class="gauge" aria-hidden="true"><div style=${styleMap({ width })}></div></div>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        ${svg`<polyline points=${sparklinePoints(this.history, fullSeconds, this.nowMs)} vector-effect="non-scaling-stroke" />`}
      </svg>
      <div class="axis" aria-hidden="true"><span>1 min ago</span><span>now</span></div>
    `;
  }
}

customElements.define("buffer-gauge", BufferGauge);
