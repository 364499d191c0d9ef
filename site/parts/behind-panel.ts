/** "Behind the picture": the appliances, the buffer, and what happened, for those who ask. */
import "./behind-panel.css";
import "./appliance-card.ts";
import "./buffer-gauge.ts";
import "./event-list.ts";
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { describeAppliances } from "../core/appliance-cards.ts";
import { isStale, panelNotes } from "../core/panel-notes.ts";
import { bitrateWords, secondsWords } from "../core/quantity-words.ts";
import type { ApplianceAct, FleetSight } from "../wire/fleet-watch.ts";
import type { WatchView } from "../wire/watch-session.ts";
import { PlainElement } from "./plain-element.ts";

class BehindPanel extends PlainElement {
  static override properties = {
    view: { attribute: false },
    sight: { attribute: false },
    nowMs: { attribute: false },
  };
  declare view: WatchView;
  declare sight: FleetSight;
  declare nowMs: number;

  protected override render() {
    const { snapshot, buffer, log } = this.view;
    const { sight } = this;
    const cards = describeAppliances({
      servedBy: snapshot.servedBy,
      // Opened while steering was down, the player takes its address for one more place to play from.
      pathways: snapshot.pathways.filter(({ host }) => host !== sight.steeringUrl),
      judged: sight.judged,
      processes: sight.processes,
      faultTargets: sight.faults?.targets ?? [],
    });
    return html`
      <section aria-labelledby="appliances-heading">
        <h3 id="appliances-heading">Appliances</h3>
        ${cards.length === 0 ? html`<p class="note">None has been named yet. They appear as soon as the player or steering knows them.</p>` : nothing}
        <ul>
          ${repeat(
            cards,
            ({ id }) => id,
            (card) => html`<li>
              <appliance-card
                .card=${card}
                .done=${sight.acts.get(card.id)}
                .mayAct=${sight.control === "operator"}
                .faultsSeenAtMs=${sight.faults?.seenAtMs ?? 0}
                .faultHearing=${isStale(sight.faults?.seenAtMs, this.nowMs) ? "stale" : "fresh"}
                .nowMs=${this.nowMs}
                @act=${(event: CustomEvent<ApplianceAct>) => this.#act(card.id, event.detail)}
              ></appliance-card>
            </li>`,
          )}
        </ul>
        ${panelNotes({ ...sight, faultsSeenAtMs: sight.faults?.seenAtMs }, this.nowMs).map((note) => html`<p class="note">${note}</p>`)}
      </section>
      <section>
        <buffer-gauge .seconds=${snapshot.bufferSeconds} .history=${buffer} .nowMs=${this.nowMs}></buffer-gauge>
        <div class="tally">
          <dl>
            <div>
              <dt>Rendition</dt>
              <dd class="figures">${snapshot.rendition === undefined ? "–" : `${snapshot.rendition.height}p ${bitrateWords(snapshot.rendition.bitsPerSecond)}`}</dd>
            </div>
            ${
              snapshot.live === undefined
                ? nothing
                : html`<div>
                    <dt>Behind live</dt>
                    <dd class="figures">${secondsWords(snapshot.live.latencySeconds)}</dd>
                  </div>`
            }
          </dl>
          <dl>
            <div><dt>Requests</dt><dd class="figures">${snapshot.counts.requests}</dd></div>
            <div><dt>Failovers</dt><dd class="figures">${snapshot.counts.failovers}</dd></div>
            <div><dt>Failbacks</dt><dd class="figures">${snapshot.counts.failbacks}</dd></div>
          </dl>
        </div>
      </section>
      <section><event-list .log=${log} .nowMs=${this.nowMs}></event-list></section>
    `;
  }

  #act(name: string, act: ApplianceAct): void {
    this.dispatchEvent(new CustomEvent("appliance-act", { detail: { name, act } }));
  }
}

customElements.define("behind-panel", BehindPanel);
