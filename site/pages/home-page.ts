/**
 * The home page: one title in front, what is live now, rows of posters below.
 *
 * Degrades by steps: without recommendations the plain catalogue is shown; without the catalogue a
 * message that goes on trying by itself; without a poster its title's colour.
 */
import "./home-page.css";
import "../parts/channel-row.ts";
import "../parts/home-skeleton.ts";
import "../parts/house-notice.ts";
import "../parts/site-header.ts";
import "../parts/title-hero.ts";
import "../parts/title-row.ts";
import { html, nothing } from "lit";
import type { Catalog } from "../../origin/contract/catalog.ts";
import { arrangeHome, type HomeRows } from "../core/home-rows.ts";
import { wholeSecondsWords } from "../core/quantity-words.ts";
import { PlainElement } from "../parts/plain-element.ts";
import type { Fetched } from "../wire/fetch-checked.ts";
import { fetchCatalog, fetchRecommendations } from "../wire/origin-client.ts";
import { PageClock } from "../wire/page-clock.ts";
import { PatientLoad } from "../wire/patient-load.ts";

const LONG_LOAD_MS = 2_000;

class HomePage extends PlainElement {
  readonly #load = new PatientLoad(loadHome, () => this.requestUpdate());
  readonly #clock = new PageClock(this, (nowMs) => this.#load.tick(nowMs));

  protected override render() {
    return html`
      <a class="button skip-link" href="#films">Skip to the films</a>
      <site-header></site-header>
      <main id="films" tabindex="-1">${this.#renderMain()}</main>
      <footer>Understudy keeps the picture moving when the box that serves it dies.</footer>
    `;
  }

  #renderMain() {
    const { state } = this.#load;
    switch (state.phase) {
      case "loading":
        if (state.failures > 0) return this.#renderFailure("Trying again now.");
        return html`<home-skeleton
          .isLong=${this.#clock.nowMs - state.sinceMs >= LONG_LOAD_MS}
        ></home-skeleton>`;
      case "waiting": {
        const seconds = Math.max(1, (state.retryAtMs - this.#clock.nowMs) / 1000);
        return this.#renderFailure(`Trying again in ${wholeSecondsWords(seconds)}.`);
      }
      case "loaded":
        return renderHome(state.answer);
    }
  }

  #renderFailure(next: string) {
    return html`<house-notice
      heading="The programme is not in yet"
      sentence="The list of films cannot be fetched at the moment. This page keeps trying and opens by itself."
      next=${next}
      .action=${html`<button class="button" @click=${() => this.#load.retryNow()}>Try now</button>`}
    ></house-notice>`;
  }
}

type Home = HomeRows & { readonly catalog: Catalog };

/** The catalogue is needed; recommendations are welcome. */
async function loadHome(): Promise<Fetched<Home>> {
  const [catalog, recommendations] = await Promise.all([fetchCatalog(), fetchRecommendations()]);
  if (!catalog.ok) return catalog;
  return {
    ok: true,
    answer: {
      catalog: catalog.answer,
      ...arrangeHome(
        catalog.answer.titles,
        recommendations.ok ? recommendations.answer : undefined,
      ),
    },
  };
}

function renderHome({ catalog, hero, rows, chosenBy }: Home) {
  const { channels } = catalog;
  if (hero === undefined && channels.length === 0) {
    return html`<house-notice
      heading="Nothing is showing tonight"
      sentence="The catalogue is empty. Films appear here as soon as there are some."
    ></house-notice>`;
  }
  return html`
    ${hero === undefined ? nothing : html`<title-hero .entry=${hero}></title-hero>`}
    ${
      channels.length === 0
        ? nothing
        : html`<channel-row .channels=${channels} .titles=${catalog.titles}></channel-row>`
    }
    ${rows.map(({ heading, titles }) => html`<title-row heading=${heading} .titles=${titles}></title-row>`)}
    ${
      chosenBy === "catalogue" && rows.length > 0
        ? html`<p class="note">No recommendations at the moment, so here is everything we have.</p>`
        : nothing
    }
  `;
}

customElements.define("home-page", HomePage);
