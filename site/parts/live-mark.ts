/** `● LIVE`: what carries it is happening now. */
import "./live-mark.css";
import { html } from "lit";
import { PlainElement } from "./plain-element.ts";

class LiveMark extends PlainElement {
  protected override render() {
    return html`<svg viewBox="0 0 8 8" aria-hidden="true" focusable="false"><circle cx="4" cy="4" r="3" fill="currentColor" /></svg>Live`;
  }
}

customElements.define("live-mark", LiveMark);
