/** What is on now: each live channel as a wide tile, its picture beside what it shows. */
import "./channel-row.css";
import "./live-mark.ts";
import "./title-poster.ts";
import { html } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { CatalogEntry, ChannelEntry } from "../../origin/contract/catalog.ts";
import { channelFacts } from "../core/programme.ts";
import { PlainElement } from "./plain-element.ts";

const PLAY_SIGN = html`<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path fill="currentColor" d="M3 1.5v13l11-6.5z" /></svg>`;

class ChannelRow extends PlainElement {
  static override properties = { channels: { attribute: false }, titles: { attribute: false } };
  declare channels: readonly ChannelEntry[];
  /** For the names of what the channels show. */
  declare titles: readonly CatalogEntry[];

  protected override render() {
    return html`<section aria-labelledby="live-now">
      <h2 id="live-now">Live now</h2>
      <ul>
        ${this.channels.map((channel) => this.#renderChannel(channel))}
      </ul>
    </section>`;
  }

  #renderChannel(channel: ChannelEntry) {
    const { id, name, synopsis, accentColor } = channel;
    return html`<li data-testid="channel" data-id=${id}>
      <a href="/watch/${id}" style=${styleMap({ "--title-accent": accentColor })}>
        <span class="picture">
          <title-poster .entry=${{ ...channel, title: name }}></title-poster>
          <live-mark></live-mark>
        </span>
        <span class="words">
          <span class="name">${name}</span>
          <span class="synopsis">${synopsis}</span>
          <span class="facts">${channelFacts(channel, this.titles)}</span>
          <span class="button watch">${PLAY_SIGN} Watch live</span>
        </span>
      </a>
    </li>`;
  }
}

customElements.define("channel-row", ChannelRow);
