/**
 * The watch page: the picture, the ribbon of who served what, and behind it, for those who ask,
 * everything that keeps it moving.
 *
 * Needs only the catalogue to play. Steering and the fleet may be away: then the panel says so.
 */
import "./watch-page.css";
import "./missing-page.ts";
import "../parts/behind-panel.ts";
import "../parts/cinema-screen.ts";
import "../parts/house-notice.ts";
import "../parts/live-mark.ts";
import "../parts/served-ribbon.ts";
import "../parts/site-header.ts";
import "../parts/status-line.ts";
import "../parts/stock-player.ts";
import { html, nothing } from "lit";
import type { PlayerSnapshot } from "../../player/contract/player-events.ts";
import type { FailoverPlayer } from "../../player/create-failover-player.ts";
import {
  type ApplianceNames,
  learnNames,
  nameLog,
  nameOf,
  nameSnapshot,
} from "../core/appliance-names.ts";
import { latestSwitch } from "../core/event-log.ts";
import { findProgramme, type Programme } from "../core/programme.ts";
import { wholeSecondsWords } from "../core/quantity-words.ts";
import { announcementOf } from "../core/switch-announcement.ts";
import { readViewingWishes, sourcesIn } from "../core/viewing-wishes.ts";
import type { CinemaScreen } from "../parts/cinema-screen.ts";
import { PlainElement } from "../parts/plain-element.ts";
import { type ApplianceAct, FleetWatch } from "../wire/fleet-watch.ts";
import { fetchCatalog } from "../wire/origin-client.ts";
import { PageClock } from "../wire/page-clock.ts";
import { PatientLoad } from "../wire/patient-load.ts";
import { WatchSession, type WatchView } from "../wire/watch-session.ts";

/** For engineers' consoles and for the browser stories. */
declare global {
  var understudy: { player: FailoverPlayer; snapshot(): PlayerSnapshot } | undefined;
}

const LONG_LOAD_MS = 2_000;
/** As wide as the panel needs to stand beside the picture; the same as in the styles. */
const WIDE_SCREEN = "(min-width: 64rem)";

class WatchPage extends PlainElement {
  static override properties = {
    titleId: { attribute: "title-id" },
    isPanelOpen: { state: true },
    isComparing: { state: true },
  };
  declare titleId: string;
  declare isPanelOpen: boolean;
  /** hls.js as it comes plays the same beside it. */
  declare isComparing: boolean;

  readonly #load = new PatientLoad(fetchCatalog, () => this.requestUpdate());
  readonly #fleet = new FleetWatch(() => this.requestUpdate());
  readonly #clock = new PageClock(this, (nowMs) => this.#tick(nowMs));
  #session: WatchSession | undefined;
  #names: ApplianceNames = new Map();

  constructor() {
    super();
    this.isPanelOpen = matchMedia(WIDE_SCREEN).matches;
    this.isComparing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#session?.close();
    this.#session = undefined;
    this.#fleet.close();
  }

  /** Undefined until the catalogue is there, and ever after if it does not have this title. */
  #entry(): Programme | undefined {
    const { state } = this.#load;
    return state.phase === "loaded" ? findProgramme(state.answer, this.titleId) : undefined;
  }

  #tick(nowMs: number): void {
    this.#load.tick(nowMs);
    this.#session?.tick(nowMs);
    this.#fleet.tick(nowMs, this.isPanelOpen ? "open" : "closed");
    this.#session?.noteFaults(this.#fleet.sight.faults, nowMs);
    this.#learnNames();
  }

  #learnNames(): void {
    const { judged, processes } = this.#fleet.sight;
    this.#names = learnNames(this.#names, this.#session?.view.snapshot.pathways ?? [], [
      ...judged.map(({ id, url }) => ({ name: id, url })),
      ...processes.filter(({ role }) => role === "appliance"),
    ]);
  }

  /** What is shown: the playback, with every box under its own name. */
  #view(): WatchView | undefined {
    const view = this.#session?.view;
    if (view === undefined) return undefined;
    const { outage } = view;
    return {
      ...view,
      snapshot: nameSnapshot(view.snapshot, this.#names),
      log: nameLog(view.log, this.#names),
      outage: outage && { ...outage, tried: outage.tried.map((id) => nameOf(id, this.#names)) },
    };
  }

  /** The player is made as soon as there is a video element to play on. */
  protected override updated(): void {
    const entry = this.#entry();
    if (this.#session !== undefined || entry === undefined) return;
    const screen = this.querySelector<CinemaScreen>("cinema-screen");
    const video = screen?.video;
    if (screen == null || video == null) {
      // The screen renders in its own turn, right after this one.
      void screen?.updateComplete.then(() => this.requestUpdate());
      return;
    }
    document.title = `${entry.title} · Understudy`;
    const session = new WatchSession(video, entry, () => this.requestUpdate());
    this.#session = session;
    globalThis.understudy = { player: session.player, snapshot: () => session.player.snapshot() };
    void screen.start();
    this.requestUpdate();
  }

  protected override render() {
    const { state } = this.#load;
    if (state.phase === "loaded") {
      const entry = this.#entry();
      if (entry === undefined) return html`<missing-page what=${this.titleId}></missing-page>`;
      return this.#renderWatch(entry);
    }
    return html`
      <site-header></site-header>
      <main>
        ${
          state.failures > 0
            ? html`<house-notice
                heading="The picture cannot be found yet"
                sentence="The programme cannot be fetched at the moment. This page keeps trying and starts to play by itself."
                next=${state.phase === "waiting" ? `Trying again in ${wholeSecondsWords(Math.max(1, (state.retryAtMs - this.#clock.nowMs) / 1000))}.` : "Trying again now."}
                .action=${html`<button class="button" @click=${() => this.#load.retryNow()}>Try now</button>`}
              ></house-notice>`
            : this.#renderSkeleton(
                state.phase === "loading" && this.#clock.nowMs - state.sinceMs >= LONG_LOAD_MS,
              )
        }
      </main>
    `;
  }

  #renderSkeleton(isLong: boolean) {
    return html`<div class="house">
      <div class="front">
        <div class="skeleton screen" aria-hidden="true"></div>
        <p class="loading" role="status">
          ${isLong ? "Still looking it up in the programme. It starts as soon as the house answers." : nothing}
        </p>
      </div>
    </div>`;
  }

  #renderWatch(entry: Programme) {
    const view = this.#view();
    const isLive = entry.durationSeconds === undefined;
    const { nowMs } = this.#clock;
    return html`
      <div class="top">
        <site-header></site-header>
          <button
            class="button button--quiet"
            aria-expanded=${this.isPanelOpen}
            aria-controls="behind"
            @click=${() => {
              this.isPanelOpen = !this.isPanelOpen;
            }}
          >
            Behind the picture <span class="chevron" aria-hidden="true"></span>
          </button>
      </div>
      <main class=${this.isPanelOpen ? "house with-panel" : "house"}>
        <div class=${this.isComparing ? "front comparing" : "front"}>
          <div class="screens">
          <cinema-screen
            .entry=${entry}
            .outage=${view?.outage}
            .trouble=${view?.trouble}
            .bufferSeconds=${view?.snapshot.bufferSeconds ?? 0}
            .liveDistanceSeconds=${view?.liveDistanceSeconds}
            .nowMs=${nowMs}
          ></cinema-screen>
          ${this.isComparing ? this.#renderStock(entry, nowMs) : nothing}
          </div>
          <div class="below">
            <served-ribbon
              .served=${view?.snapshot.served ?? []}
              .currentSeconds=${view?.currentSeconds ?? 0}
              .durationSeconds=${isLive ? undefined : view?.durationSeconds || entry.durationSeconds}
              .behindLiveSeconds=${view?.snapshot.live?.latencySeconds}
              .bufferedEndSeconds=${view?.bufferedEndSeconds ?? 0}
            ></served-ribbon>
            ${
              view === undefined
                ? nothing
                : html`<status-line
                    .snapshot=${view.snapshot}
                    .latestSwitch=${latestSwitch(view.log)}
                    .nowMs=${nowMs}
                  ></status-line>`
            }
            <div class="title">
              <h1>
                ${isLive ? html`<live-mark data-testid="live-mark"></live-mark>` : nothing} ${entry.title}
              </h1>
              <p class="facts">${entry.facts}</p>
            </div>
            <p class="synopsis">${entry.synopsis}</p>
          </div>
        </div>
        <aside id="behind" aria-labelledby="behind-heading" ?hidden=${!this.isPanelOpen}>
          <h2 id="behind-heading">Behind the picture</h2>
          <section class="compare">
            <button
              class="button button--quiet"
              data-act="compare"
              aria-pressed=${this.isComparing}
              aria-describedby="compare-words"
              @click=${() => {
                this.isComparing = !this.isComparing;
              }}
            >${this.isComparing ? "Take the stock player away" : "Play a stock player beside it"}</button>
            <p id="compare-words">
              The same stream in hls.js as it comes, without sound. Break something, and watch both.
            </p>
          </section>
          ${
            view === undefined || !this.isPanelOpen
              ? nothing
              : html`<behind-panel
                  .view=${view}
                  .sight=${this.#fleet.sight}
                  .nowMs=${nowMs}
                  @appliance-act=${this.#onAct}
                ></behind-panel>`
          }
        </aside>
      </main>
      <p class="only-heard" role="status">${view === undefined ? nothing : announcementOf(view.log)}</p>
    `;
  }

  #renderStock(entry: Programme, nowMs: number) {
    const ours = this.querySelector<CinemaScreen>("cinema-screen")?.video;
    if (ours == null) return nothing;
    const { bufferSeconds, region } = readViewingWishes(location.search);
    return html`<stock-player
      src=${sourcesIn(entry.sources, region)[0] ?? ""}
      .ours=${ours}
      .isLive=${entry.durationSeconds === undefined}
      .bufferSeconds=${bufferSeconds}
      .nowMs=${nowMs}
    ></stock-player>`;
  }

  readonly #onAct = (event: CustomEvent<{ name: string; act: ApplianceAct }>): void => {
    void this.#fleet.act(event.detail.name, event.detail.act);
  };
}

customElements.define("watch-page", WatchPage);
