/** The mark of an appliance in its accent: `<appliance-mark appliance-id="east-1">`. Decoration: the name stands beside it. */
import "./appliance-mark.css";
import { html, svg } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { accentColor, accentOf, type Mark, placeOf } from "../design/accents.ts";
import { PlainElement } from "./plain-element.ts";

/** On a square of 16 × 16, all of about the same weight to the eye. */
const MARK_PATHS: Readonly<Record<Mark, string>> = {
  triangle: "M8 1.5 15 14H1z",
  circle: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z",
  diamond: "M8 .5 15.5 8 8 15.5.5 8z",
  square: "M2 2h12v12H2z",
  star: "M8 .8l2.2 4.9 5.3.6-4 3.6 1.1 5.3L8 12.5l-4.6 2.7 1.1-5.3-4-3.6 5.3-.6z",
  cross: "M5.5 1.5h5v4h4v5h-4v4h-5v-4h-4v-5h4z",
  wedge: "M8 14.5 1 2h14z",
  hexagon: "M8 1l6.1 3.5v7L8 15l-6.1-3.5v-7z",
};

class ApplianceMark extends PlainElement {
  static override properties = { applianceId: { attribute: "appliance-id" } };
  declare applianceId: string;

  protected override render() {
    const { mark } = accentOf(placeOf(this.applianceId));
    return html`<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" style=${styleMap({
      color: accentColor(this.applianceId),
    })}>${svg`<path fill="currentColor" d=${MARK_PATHS[mark]} />`}</svg>`;
  }
}

customElements.define("appliance-mark", ApplianceMark);
