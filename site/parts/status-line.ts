/** One line of facts about the playback, and one about the latest switch, in plain words. */
import "./status-line.css";
import "./appliance-mark.ts";
import { html, nothing } from "lit";
import type { PlayerSnapshot } from "../../player/contract/player-events.ts";
import type { LogEntry, SwitchStory } from "../core/event-log.ts";
import { ageWords, behindLiveWords, bitrateWords, secondsWords } from "../core/quantity-words.ts";
import { switchSentence } from "../core/switch-sentence.ts";
import { PlainElement } from "./plain-element.ts";

class StatusLine extends PlainElement {
  static override properties = {
    snapshot: { attribute: false },
    latestSwitch: { attribute: false },
    nowMs: { attribute: false },
  };
  declare snapshot: PlayerSnapshot;
  declare latestSwitch: LogEntry<SwitchStory> | undefined;
  declare nowMs: number;

  protected override render() {
    const { servedBy, bufferSeconds, rendition, steering, degraded, live } = this.snapshot;
    return html`
      <p class="facts">
        <span class="fact">
          ${
            servedBy === undefined
              ? html`Waiting for the first part`
              : html`${degraded ? "Last part from" : "Playing from"}
                  <appliance-mark appliance-id=${servedBy}></appliance-mark>
                  <strong class="figures" data-testid="served-by">${servedBy}</strong>`
          }
        </span>
        ${
          live === undefined
            ? nothing
            : html`<span class="fact tabular" data-testid="live-latency">${behindLiveWords(live.latencySeconds)}</span>`
        }
        <span class="fact">
          buffer <span class="figures buffer" data-testid="buffer-seconds">${secondsWords(bufferSeconds)}</span>
        </span>
        ${
          rendition === undefined
            ? nothing
            : html`<span class="fact figures" data-testid="rendition">${rendition.height}p ${bitrateWords(rendition.bitsPerSecond)}</span>`
        }
        <span class="fact">${STEERING_WORDS[steering]}</span>
      </p>
      <p class="switch">${this.#renderSwitch()}</p>
    `;
  }

  #renderSwitch() {
    if (this.latestSwitch === undefined) return html`<span class="none">No switch so far.</span>`;
    const { story, atMs } = this.latestSwitch;
    const standing = standingPathway(story);
    return html`${standing === undefined ? nothing : html`<appliance-mark appliance-id=${standing}></appliance-mark>`}
      <span>
        ${switchSentence(story)}. <span class="age tabular">${ageWords(this.nowMs - atMs)}</span>
      </span>`;
  }
}

/** Where playback stands after it; none while nothing can be reached. */
function standingPathway({ kind, event }: SwitchStory): string | undefined {
  if (kind !== "degraded") return event.to;
  return event.state === "recovered" ? event.pathway : undefined;
}

const STEERING_WORDS: Readonly<Record<PlayerSnapshot["steering"], string>> = {
  unknown: "steering not asked yet",
  following: "steering following",
  unreachable: "steering unreachable, the player decides alone",
  none: "no steering",
};

customElements.define("status-line", StatusLine);
