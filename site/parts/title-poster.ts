/** The poster of a film or a channel, 16:9. Where the picture is missing, its colour and its name stand in. */
import "./title-poster.css";
import { html } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { CatalogEntry } from "../../origin/contract/catalog.ts";
import { PlainElement } from "./plain-element.ts";

class TitlePoster extends PlainElement {
  static override properties = {
    entry: { attribute: false },
    isFirst: { attribute: false },
    isBroken: { state: true },
  };
  declare entry: Pick<CatalogEntry, "title" | "poster" | "accentColor">;
  /** The first picture that is seen: loaded at once and before others. */
  declare isFirst: boolean;
  declare isBroken: boolean;

  constructor() {
    super();
    this.isFirst = false;
    this.isBroken = false;
  }

  protected override render() {
    const { title, poster, accentColor } = this.entry;
    if (this.isBroken) {
      return html`<div class="stand-in" style=${styleMap({ "--title-accent": accentColor })} aria-hidden="true">
        <span>${title}</span>
      </div>`;
    }
    return html`<img
      src=${poster}
      alt=""
      width="960"
      height="540"
      decoding="async"
      loading=${this.isFirst ? "eager" : "lazy"}
      fetchpriority=${this.isFirst ? "high" : "auto"}
      @error=${() => {
        this.isBroken = true;
      }}
    />`;
  }
}

customElements.define("title-poster", TitlePoster);
