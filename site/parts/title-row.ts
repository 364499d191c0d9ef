/** A row of posters under a heading; scrolls sideways where it does not fit. */
import "./title-row.css";
import "./title-poster.ts";
import { html } from "lit";
import type { CatalogEntry } from "../../origin/contract/catalog.ts";
import { titleFacts } from "../core/programme.ts";
import { PlainElement } from "./plain-element.ts";

class TitleRow extends PlainElement {
  static override properties = { heading: {}, titles: { attribute: false } };
  declare heading: string;
  declare titles: readonly CatalogEntry[];

  protected override render() {
    return html`<section aria-label=${this.heading}>
      <h2>${this.heading}</h2>
      <ul>
        ${this.titles.map(
          (entry) => html`<li>
            <a href="/watch/${entry.id}">
              <title-poster .entry=${entry}></title-poster>
              <span class="title">${entry.title}</span>
              <span class="facts">${titleFacts(entry)}</span>
            </a>
          </li>`,
        )}
      </ul>
    </section>`;
  }
}

customElements.define("title-row", TitleRow);
