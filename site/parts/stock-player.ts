/** The picture of hls.js as it comes, beside our own: the same stream, the same moment, another end. */
import "./stock-player.css";
import { html, nothing } from "lit";
import { frozenNowMs } from "../core/frozen-watch.ts";
import { stillWords } from "../core/still-words.ts";
import { StockSession } from "../wire/stock-session.ts";
import { PlainElement } from "./plain-element.ts";

class StockPlayer extends PlainElement {
  static override properties = {
    ours: { attribute: false },
    src: {},
    isLive: { attribute: false },
    bufferSeconds: { attribute: false },
    nowMs: { attribute: false },
  };
  declare ours: HTMLVideoElement;
  declare src: string;
  declare isLive: boolean;
  declare bufferSeconds: number;
  declare nowMs: number;
  #session: StockSession | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#session?.close();
    this.#session = undefined;
  }

  protected override willUpdate(): void {
    this.#session?.tick(this.nowMs);
  }

  protected override firstUpdated(): void {
    const video = this.querySelector("video");
    if (video === null) return;
    const { ours, src, isLive, bufferSeconds } = this;
    this.#session = new StockSession({ video, ours, src, isLive, bufferSeconds });
  }

  protected override render() {
    const view = this.#session?.view;
    const isStill = view !== undefined && (view.hasGivenUp || frozenNowMs(view.stock) > 0);
    return html`<div class="picture" data-testid="stock" data-state=${isStill ? "still" : "moving"}>
        <video
          .muted=${true}
          playsinline
          crossorigin="anonymous"
          aria-label="The same in hls.js as it comes, without sound"
        ></video>
        ${isStill ? html`<p class="still">Standing still</p>` : nothing}
      </div>
      <dl>
        <div>
          <dt>Understudy</dt>
          <dd class="tabular" data-testid="ours-still">
            ${view === undefined ? "–" : stillWords(view.ours)}
          </dd>
        </div>
        <div>
          <dt>hls.js as it comes</dt>
          <dd class="tabular" data-testid="stock-still">
            ${view === undefined ? "starts" : stillWords(view.stock, view.hasGivenUp)}
          </dd>
        </div>
      </dl>`;
  }
}

customElements.define("stock-player", StockPlayer);
