/** What happened to this playback and to its boxes, and why, newest first. */
import "./event-list.css";
import "./appliance-mark.ts";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { EventLog, LogEntry, Story } from "../core/event-log.ts";
import { ageWords } from "../core/quantity-words.ts";
import { storySentence } from "../core/story-sentence.ts";
import { PlainElement } from "./plain-element.ts";

class EventList extends PlainElement {
  static override properties = { log: { attribute: false }, nowMs: { attribute: false } };
  declare log: EventLog;
  declare nowMs: number;

  protected override render() {
    return html`
      <h3 id="events-heading">What happened</h3>
      ${
        this.log.length === 0
          ? html`<p class="none">Nothing yet: every part came from where it was first asked for.</p>`
          : undefined
      }
      <ol data-testid="events" aria-labelledby="events-heading">
        ${repeat(
          this.log,
          ({ id }) => id,
          (entry) => this.#renderEntry(entry),
        )}
      </ol>
    `;
  }

  #renderEntry({ story, atMs }: LogEntry) {
    return html`<li data-event=${story.kind}>
      <p class="head">
        <strong>${headingOf(story)}</strong>
        ${marksOf(story).map((id) => html`<appliance-mark appliance-id=${id}></appliance-mark>`)}
        <span class="age tabular">${ageWords(this.nowMs - atMs)}</span>
      </p>
      <p>${storySentence(story)}.</p>
    </li>`;
  }
}

function headingOf(story: Story): string {
  switch (story.kind) {
    case "fault":
      return "Fault";
    case "healed":
      return "Healed";
    case "failover":
      return "Failover";
    case "failback":
      return "Failback";
    case "resume":
      return "Resumed";
    case "degraded":
      return story.event.state === "unreachable" ? "Out of reach" : "In reach again";
  }
}

/** Whose marks stand beside the entry: from whom, to whom. */
function marksOf(story: Story): readonly string[] {
  switch (story.kind) {
    case "fault":
    case "healed":
      return [story.target];
    case "degraded":
      return story.event.state === "recovered" ? [story.event.pathway] : [];
    default:
      return [story.event.from, story.event.to];
  }
}

customElements.define("event-list", EventList);
