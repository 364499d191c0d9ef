/** One title in front: its poster large, in the light that it throws on the wall, its story, and play. */
import "./title-hero.css";
import "./title-poster.ts";
import { html } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { CatalogEntry } from "../../origin/contract/catalog.ts";
import { titleFacts } from "../core/programme.ts";
import { PlainElement } from "./plain-element.ts";

class TitleHero extends PlainElement {
  static override properties = { entry: { attribute: false } };
  declare entry: CatalogEntry;

  protected override render() {
    const { id, title, synopsis, poster, accentColor } = this.entry;
    return html`
      <img class="glow" src=${poster} alt="" aria-hidden="true" />
      <section aria-labelledby="hero-title" style=${styleMap({ "--title-accent": accentColor })}>
        <div class="words">
          <h1 id="hero-title">${title}</h1>
          <p class="facts">${titleFacts(this.entry)}</p>
          <p class="synopsis">${synopsis}</p>
          <a class="button play" href="/watch/${id}" aria-label="Play ${title}">
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill="currentColor" d="M3 1.5v13l11-6.5z" /></svg>
            Play
          </a>
        </div>
        <a class="picture" href="/watch/${id}" tabindex="-1" aria-hidden="true">
          <title-poster .entry=${this.entry} .isFirst=${true}></title-poster>
        </a>
      </section>
    `;
  }
}

customElements.define("title-hero", TitleHero);
