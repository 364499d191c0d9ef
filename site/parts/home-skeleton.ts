/** The shape of the home page while it loads; after two seconds it says what it is waiting for. */
import "./home-skeleton.css";
import { html, nothing } from "lit";
import { PlainElement } from "./plain-element.ts";

class HomeSkeleton extends PlainElement {
  static override properties = { isLong: { attribute: false } };
  declare isLong: boolean;

  protected override render() {
    return html`
      <div class="hero" aria-hidden="true">
        <div class="words">
          <div class="skeleton heading"></div>
          <div class="skeleton line"></div>
          <div class="skeleton line"></div>
          <div class="skeleton line short"></div>
        </div>
        <div class="skeleton picture"></div>
      </div>
      <p role="status">
        ${this.isLong ? "Still fetching the programme. It appears as soon as the house answers." : nothing}
      </p>
      <div class="row" aria-hidden="true">
        ${[1, 2, 3, 4].map(() => html`<div class="skeleton picture"></div>`)}
      </div>
    `;
  }
}

customElements.define("home-skeleton", HomeSkeleton);
