/**
 * Media time as a ribbon, each stretch in the colour of the appliance that delivered it.
 *
 * A seam marks a part that was begun by one and finished by another. The playhead stands above, and
 * beyond the buffered end the ribbon is empty. A film's ribbon is as long as the film; a channel's runs
 * under the playhead, with a mark where the live edge is.
 */
import "./served-ribbon.css";
import "./appliance-mark.ts";
import { html, nothing } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { ServedSpan } from "../../player/contract/player-events.ts";
import { clockWords, wholeSecondsWords } from "../core/quantity-words.ts";
import {
  LIVE_PAST_SECONDS,
  type RibbonWindow,
  ribbonWindow,
  shareOfWindow,
  spansInWindow,
} from "../core/ribbon-window.ts";
import { accentColor } from "../design/accents.ts";
import { PlainElement } from "./plain-element.ts";

/** A stretch shorter than this share of the ribbon has no room for a mark. */
const MARKED_SHARE = 0.05;

class ServedRibbon extends PlainElement {
  static override properties = {
    served: { attribute: false },
    currentSeconds: { attribute: false },
    durationSeconds: { attribute: false },
    behindLiveSeconds: { attribute: false },
    bufferedEndSeconds: { attribute: false },
  };
  declare served: readonly ServedSpan[];
  declare currentSeconds: number;
  /** Undefined for what is live. */
  declare durationSeconds: number | undefined;
  declare behindLiveSeconds: number | undefined;
  declare bufferedEndSeconds: number;

  protected override render() {
    const view = ribbonWindow(this.currentSeconds, this.durationSeconds);
    const spans = spansInWindow(this.served, view);
    const liveEdge = this.#liveEdge(view);
    return html`
      <div class=${this.#isLive ? "track live" : "track"} role="img" aria-label=${this.#heard(spans)}>
        <div class="spans">${spans.map((span) => this.#renderSpan(span, view))}</div>
        <div class="edge" style=${styleMap({ left: placeOf(this.bufferedEndSeconds, view) })}></div>
        ${liveEdge === undefined ? nothing : html`<div class="live-edge" style=${styleMap({ left: percent(liveEdge) })}></div>`}
        <div class="playhead" style=${styleMap({ left: placeOf(this.currentSeconds, view) })}></div>
      </div>
      <div class="legend">
        <span class="what">
          ${this.#isLive ? `Who served the last ${wholeSecondsWords(LIVE_PAST_SECONDS)}` : "Who served what"}
        </span>
        ${this.#renderLegend(spans, liveEdge)}
      </div>
    `;
  }

  get #isLive(): boolean {
    return this.durationSeconds === undefined;
  }

  /** Its share of the ribbon; undefined where it lies beyond, or there is none. */
  #liveEdge(view: RibbonWindow): number | undefined {
    if (this.behindLiveSeconds === undefined) return undefined;
    const share = shareOfWindow(this.currentSeconds + this.behindLiveSeconds, view);
    return share <= 1 ? share : undefined;
  }

  #renderLegend(spans: readonly ServedSpan[], liveEdge: number | undefined) {
    const names = new Set(
      spans.flatMap(({ pathway, resumedOn }) =>
        resumedOn === undefined ? [pathway] : [pathway, resumedOn],
      ),
    );
    if (names.size === 0) return html`<span class="what">Nothing has come in yet.</span>`;
    return html`<ul>
      ${[...names].map((id) => html`<li><appliance-mark appliance-id=${id}></appliance-mark><span class="figures">${id}</span></li>`)}
      ${
        spans.some(({ resumedOn }) => resumedOn !== undefined)
          ? html`<li><span class="seam-key" aria-hidden="true"></span>resumed in mid-part</li>`
          : nothing
      }
      ${
        liveEdge === undefined
          ? nothing
          : html`<li><span class="live-key" aria-hidden="true"></span>live edge</li>`
      }
    </ul>`;
  }

  #renderSpan(span: ServedSpan, view: RibbonWindow) {
    const { startSeconds, endSeconds, pathway, resumedOn } = span;
    const color = accentColor(pathway);
    const start = shareOfWindow(startSeconds, view);
    const width = shareOfWindow(endSeconds, view) - start;
    return html`<div
      class=${resumedOn === undefined ? "span" : "span resumed"}
      title=${this.#spanWords(span)}
      style=${styleMap({
        left: percent(start),
        width: percent(width),
        "--from": color,
        "--to": resumedOn === undefined ? color : accentColor(resumedOn),
      })}
    >
      ${
        resumedOn === undefined && width >= MARKED_SHARE
          ? html`<appliance-mark appliance-id=${pathway}></appliance-mark>`
          : nothing
      }
    </div>`;
  }

  #heard(spans: readonly ServedSpan[]): string {
    if (spans.length === 0) return "Nothing has come in yet";
    return spans.map((span) => this.#spanWords(span)).join("; ");
  }

  /** `0:10 to 0:14: east-1, then east-2`; of what is live, only who. */
  #spanWords({ startSeconds, endSeconds, pathway, resumedOn }: ServedSpan): string {
    const who = resumedOn === undefined ? pathway : `${pathway}, then ${resumedOn}`;
    if (this.durationSeconds === undefined) return who;
    const end = Math.min(endSeconds, this.durationSeconds);
    return `${clockWords(startSeconds)} to ${clockWords(end)}: ${who}`;
  }
}

/** Within the ribbon, wherever the moment is. */
function placeOf(seconds: number, view: RibbonWindow): string {
  return percent(Math.min(1, Math.max(0, shareOfWindow(seconds, view))));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}

customElements.define("served-ribbon", ServedRibbon);
