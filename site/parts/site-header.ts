/** The top of every page: the name of the house and the way home. */
import "./site-header.css";
import { html } from "lit";
import markUrl from "../design/mark.svg";
import { PlainElement } from "./plain-element.ts";

class SiteHeader extends PlainElement {
  protected override render() {
    return html`<header>
      <a class="name" href="/" aria-label="Understudy, home">
        <img src=${markUrl} alt="" width="24" height="24" />
        <span>Understudy</span>
      </a>
    </header>`;
  }
}

customElements.define("site-header", SiteHeader);
