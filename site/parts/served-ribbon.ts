/**
 * The film's time as a ribbon, each stretch in the colour of the appliance that delivered it.
 *
 * A seam marks a part that was begun by one and finished by another. The playhead stands above, and
 * beyond the buffered end the ribbon is empty.
 */
import "./served-ribbon.css";
import "./appliance-mark.ts";
import { html, nothing } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { ServedSpan } from "../../player/contract/player-events.ts";
import { clockWords } from "../core/quantity-words.ts";
import { accentColor } from "../design/accents.ts";
import { PlainElement } from "./plain-element.ts";

/** A stretch shorter than this share of the film has no room for a mark. */
const MARKED_SHARE = 0.05;

class ServedRibbon extends PlainElement {
  static override properties = {
    served: { attribute: false },
    currentSeconds: { attribute: false },
    durationSeconds: { attribute: false },
    bufferedEndSeconds: { attribute: false },
  };
  declare served: readonly ServedSpan[];
  declare currentSeconds: number;
  declare durationSeconds: number;
  declare bufferedEndSeconds: number;

  protected override render() {
    const names = [
      ...new Set(
        this.served.flatMap(({ pathway, resumedOn }) =>
          resumedOn === undefined ? [pathway] : [pathway, resumedOn],
        ),
      ),
    ];
    return html`
      <div class="track" role="img" aria-label=${this.#heard()}>
        <div class="spans">${this.served.map((span) => this.#renderSpan(span))}</div>
        ${
          this.durationSeconds > 0
            ? html`<div class="edge" style=${styleMap({ left: this.#at(this.bufferedEndSeconds) })}></div>
                <div class="playhead" style=${styleMap({ left: this.#at(this.currentSeconds) })}></div>`
            : nothing
        }
      </div>
      <div class="legend">
        <span class="what">Who served what</span>
        ${
          names.length === 0
            ? html`<span class="what">Nothing has come in yet.</span>`
            : html`<ul>
                ${names.map((id) => html`<li><appliance-mark appliance-id=${id}></appliance-mark><span class="figures">${id}</span></li>`)}
                ${
                  this.served.some(({ resumedOn }) => resumedOn !== undefined)
                    ? html`<li><span class="seam-key" aria-hidden="true"></span>resumed in mid-part</li>`
                    : nothing
                }
              </ul>`
        }
      </div>
    `;
  }

  #renderSpan({ startSeconds, endSeconds, pathway, resumedOn }: ServedSpan) {
    const color = accentColor(pathway);
    const end = Math.min(endSeconds, this.durationSeconds || endSeconds);
    return html`<div
      class=${resumedOn === undefined ? "span" : "span resumed"}
      title="${clockWords(startSeconds)} to ${clockWords(end)}: ${pathway}${resumedOn === undefined ? "" : `, then ${resumedOn}`}"
      style=${styleMap({
        left: this.#at(startSeconds),
        width: `calc(${this.#at(end)} - ${this.#at(startSeconds)})`,
        "--from": color,
        "--to": resumedOn === undefined ? color : accentColor(resumedOn),
      })}
    >
      ${
        resumedOn === undefined && end - startSeconds >= this.durationSeconds * MARKED_SHARE
          ? html`<appliance-mark appliance-id=${pathway}></appliance-mark>`
          : nothing
      }
    </div>`;
  }

  #at(seconds: number): string {
    if (this.durationSeconds <= 0) return "0%";
    const share = Math.min(1, Math.max(0, seconds / this.durationSeconds));
    return `${(share * 100).toFixed(3)}%`;
  }

  #heard(): string {
    if (this.served.length === 0) return "Nothing has come in yet";
    return this.served
      .map(({ startSeconds, endSeconds, pathway, resumedOn }) => {
        const who = resumedOn === undefined ? pathway : `${pathway}, resumed on ${resumedOn}`;
        return `${clockWords(startSeconds)} to ${clockWords(endSeconds)} from ${who}`;
      })
      .join("; ");
  }
}

customElements.define("served-ribbon", ServedRibbon);
