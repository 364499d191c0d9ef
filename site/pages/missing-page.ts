/** A path where nothing is, or a title that the catalogue does not have, with a way home. */
import "../parts/house-notice.ts";
import "../parts/site-header.ts";
import { html } from "lit";
import { PlainElement } from "../parts/plain-element.ts";

class MissingPage extends PlainElement {
  static override properties = { what: {} };
  declare what: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Not found · Understudy";
  }

  protected override render() {
    const sentence =
      this.what === undefined
        ? "There is no page at this address."
        : `Nothing here is called “${this.what}”. It may have left the programme, or the address has a slip in it.`;
    return html`
      <site-header></site-header>
      <main>
        <house-notice
          heading="This seat is empty"
          sentence=${sentence}
          .action=${html`<a class="button" href="/">See what is showing</a>`}
        ></house-notice>
      </main>
    `;
  }
}

customElements.define("missing-page", MissingPage);
