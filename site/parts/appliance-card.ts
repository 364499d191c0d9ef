/**
 * One appliance: who it is, how it stands, what was done to it, its figures, and what the operator may
 * do to it.
 */
import "./appliance-card.css";
import "./appliance-mark.ts";
import "./fault-menu.ts";
import "./running-fault.ts";
import { html, nothing } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { FaultTarget, RunningFault } from "../../chaos/contract/faults.ts";
import type { ApplianceCard } from "../core/appliance-cards.ts";
import { ageWords, millisecondsWords, shareWords } from "../core/quantity-words.ts";
import { accentColor } from "../design/accents.ts";
import type { ApplianceAct, DoneAct } from "../wire/fleet-watch.ts";
import { renderApplianceState } from "./appliance-state.ts";
import type { FaultMenu } from "./fault-menu.ts";
import { PlainElement } from "./plain-element.ts";

/** How long the card goes on telling what was done. */
const TOLD_FOR_MS = 15_000;

class ApplianceCardElement extends PlainElement {
  static override properties = {
    card: { attribute: false },
    done: { attribute: false },
    mayAct: { attribute: false },
    faultsSeenAtMs: { attribute: false },
    faultHearing: { attribute: false },
    nowMs: { attribute: false },
  };
  declare card: ApplianceCard;
  declare done: DoneAct | undefined;
  declare mayAct: boolean;
  /** When the chaos service last told of faults, and whether it still answers. */
  declare faultsSeenAtMs: number;
  declare faultHearing: "fresh" | "stale";
  declare nowMs: number;

  protected override render() {
    const { id, region, state, detail, place, firstByteMs, load, faultTarget } = this.card;
    return html`<article
      data-testid="appliance"
      data-id=${id}
      data-state=${state}
      data-fault=${faultTarget?.fault?.fault ?? ""}
      aria-label="Appliance ${id}"
      style=${styleMap({ "--accent": accentColor(id) })}
    >
      <div class="head">
        <appliance-mark appliance-id=${id}></appliance-mark>
        <h3 class="figures">${id}</h3>
        ${region === undefined ? nothing : html`<span class="region">region ${region}</span>`}
        ${renderApplianceState(state)}
      </div>
      ${detail === undefined ? nothing : html`<p class="detail">${capitalised(detail)}.</p>`}
      ${faultTarget?.fault == null ? nothing : this.#renderFault(faultTarget, faultTarget.fault)}
      <div class="foot">
        <dl>
          <div><dt>First byte</dt><dd class="figures">${firstByteMs === undefined ? "–" : millisecondsWords(firstByteMs)}</dd></div>
          <div><dt>Rank</dt><dd class="figures">${place ?? "–"}</dd></div>
          <div><dt>Load</dt><dd class="figures">${load === undefined ? "–" : shareWords(load)}</dd></div>
        </dl>
        <div class="acts">${this.#renderMenu()}${this.#renderButton()}</div>
      </div>
      <p class="done" role="status">${this.#doneWords()}</p>
    </article>`;
  }

  #renderFault({ state }: FaultTarget, fault: RunningFault) {
    return html`<running-fault
      .fault=${fault}
      .targetState=${state}
      .seenAtMs=${this.faultsSeenAtMs}
      .hearing=${this.faultHearing}
      .mayAct=${this.mayAct}
      .isHealing=${this.#isPending("heal")}
      .nowMs=${this.nowMs}
      @act=${({ detail }: CustomEvent<ApplianceAct>) => {
        // The button goes with the fault: the focus must not go with it.
        this.querySelector<FaultMenu>("fault-menu")?.focus();
        this.#act(detail);
      }}
    ></running-fault>`;
  }

  /** A fault can be replaced by another, so the menu stays while one runs. */
  #renderMenu() {
    if (!this.mayAct || this.card.faultTarget === undefined) return nothing;
    return html`<fault-menu
      target=${this.card.id}
      word=${this.#isPending("break") ? "Breaking…" : "Break"}
      @act=${({ detail }: CustomEvent<ApplianceAct>) => this.#act(detail)}
    ></fault-menu>`;
  }

  #renderButton() {
    const { id, act } = this.card;
    if (act === undefined) return nothing;
    const isPending = this.#isPending(act);
    return html`<button
      class="button button--quiet"
      data-act=${act}
      aria-label="${BUTTON_WORDS[act]} ${id}"
      ?disabled=${!this.mayAct || isPending}
      @click=${() => this.#act({ kind: act })}
    >
      ${isPending ? PENDING_WORDS[act] : BUTTON_WORDS[act]}
    </button>`;
  }

  #isPending(act: ApplianceAct["kind"]): boolean {
    return this.done?.act === act && this.done.outcome === "pending";
  }

  #act(detail: ApplianceAct): void {
    this.dispatchEvent(new CustomEvent("act", { detail }));
  }

  #doneWords() {
    const { done, card } = this;
    if (done === undefined) return nothing;
    const ageMs = this.nowMs - done.atMs;
    if (done.outcome === "failed") return `Not done: ${done.detail ?? "the fleet refused"}.`;
    if (done.outcome === "pending") return nothing;
    if (done.act === "kill" && card.act === "start") {
      return html`Killed <span class="tabular">${ageWords(ageMs)}</span>. Revive brings it back.`;
    }
    if (done.act === "start" && ageMs < TOLD_FOR_MS) {
      const next =
        card.state === "serving"
          ? "It serves you again."
          : "The player returns to it once it has proved well.";
      return html`Revived <span class="tabular">${ageWords(ageMs)}</span>. ${next}`;
    }
    return nothing;
  }
}

const BUTTON_WORDS = { kill: "Kill", start: "Revive" } as const;
const PENDING_WORDS = { kill: "Killing…", start: "Reviving…" } as const;

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "");
}

customElements.define("appliance-card", ApplianceCardElement);
