/** A fault that runs on an appliance: what it is, since when, when it heals by itself, and the way to heal it now. */
import "./running-fault.css";
import { html, nothing } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { FaultTarget, RunningFault } from "../../chaos/contract/faults.ts";
import { countdownWords, readFaultClock } from "../core/fault-clock.ts";
import { FAULT_WORDS, runningFaultWords } from "../core/fault-words.ts";
import { countWords, durationWords } from "../core/quantity-words.ts";
import type { FaultAct } from "../wire/fault-watch.ts";
import { PlainElement } from "./plain-element.ts";

class RunningFaultElement extends PlainElement {
  static override properties = {
    fault: { attribute: false },
    targetState: { attribute: false },
    seenAtMs: { attribute: false },
    hearing: { attribute: false },
    mayAct: { attribute: false },
    isHealing: { attribute: false },
    nowMs: { attribute: false },
  };
  declare fault: RunningFault;
  declare targetState: FaultTarget["state"];
  declare seenAtMs: number;
  /** Whether the chaos service answers. */
  declare hearing: "fresh" | "stale";
  declare mayAct: boolean;
  declare isHealing: boolean;
  declare nowMs: number;

  protected override render() {
    const { fault, target, touchedRequests } = this.fault;
    const { elapsedSeconds, leftSeconds, totalSeconds } = readFaultClock(
      this.fault,
      this.seenAtMs,
      this.nowMs,
    );
    const left = `${((leftSeconds / totalSeconds) * 100).toFixed(1)}%`;
    const touched = `${countWords(touchedRequests)} ${touchedRequests === 1 ? "request" : "requests"} touched`;
    return html`
      <div class="what">
        <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path fill="currentColor" d="M9.5.5 2.5 9h4.2L5.5 15.5 13 6.5H8.5z" /></svg>
        <p>
          <strong>${FAULT_WORDS[fault].name}</strong>
          <span class="countdown tabular">${countdownWords(leftSeconds, this.hearing)}</span>
        </p>
        ${
          this.mayAct
            ? html`<button class="button button--quiet" data-act="heal" aria-label="Heal ${target}" @click=${this.#heal}>
                ${this.isHealing ? "Healing…" : "Heal"}
              </button>`
            : nothing
        }
      </div>
      <div class="left" aria-hidden="true"><div style=${styleMap({ width: left })}></div></div>
      <p class="facts">
        ${runningFaultWords(this.fault)}.
        <span class="sofar tabular">Broken for ${durationWords(Math.floor(elapsedSeconds) * 1000).replace(".0", "")}, ${touched}.</span>
        ${this.targetState === "gone" ? "The box itself is down, so nobody feels it now." : nothing}
      </p>
    `;
  }

  readonly #heal = (): void => {
    const detail: FaultAct = { kind: "heal" };
    this.dispatchEvent(new CustomEvent("act", { detail }));
  };
}

customElements.define("running-fault", RunningFaultElement);
