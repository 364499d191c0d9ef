/** A page's word when it has nothing else to show: what is the matter, what happens next, what one may do. */
import "./house-notice.css";
import { html, nothing, type TemplateResult } from "lit";
import markUrl from "../design/mark.svg";
import { PlainElement } from "./plain-element.ts";

class HouseNotice extends PlainElement {
  static override properties = {
    heading: {},
    sentence: {},
    next: {},
    action: { attribute: false },
  };
  declare heading: string;
  declare sentence: string;
  /** What will happen by itself, and when. Not announced each time that it counts down. */
  declare next: string | undefined;
  declare action: TemplateResult | undefined;

  protected override render() {
    return html`<section>
      <img src=${markUrl} alt="" width="48" height="48" />
      <div role="status">
        <h1>${this.heading}</h1>
        <p>${this.sentence}</p>
      </div>
      ${this.next === undefined ? nothing : html`<p class="next tabular">${this.next}</p>`}
      ${this.action ?? nothing}
    </section>`;
  }
}

customElements.define("house-notice", HouseNotice);
