/**
 * What every part of the site extends: a Lit element that renders into the document itself.
 *
 * Without shadow trees the tokens and the base styles apply everywhere, labels may refer to each
 * other by id, and a story finds what it looks for with a plain selector. Each part's styles stand
 * beside it, nested under its own tag name.
 */
import { LitElement } from "lit";

export class PlainElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
