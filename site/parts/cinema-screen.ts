/**
 * The picture and its controls: the video element, media-chrome around it, a play button in the middle,
 * and the slate while nothing can be reached.
 *
 * Starts by itself, with sound if the browser lets it, else muted with a way to turn the sound on,
 * else it waits for the play button. What is live has no time line: in its place stands the way back to
 * where the channel is now.
 */
import "./cinema-screen.css";
import "./degraded-slate.ts";
import "media-chrome/dist/media-controller.js";
import "media-chrome/dist/media-control-bar.js";
import "media-chrome/dist/media-live-button.js";
import "media-chrome/dist/media-loading-indicator.js";
import "media-chrome/dist/media-play-button.js";
import "media-chrome/dist/media-seek-backward-button.js";
import "media-chrome/dist/media-seek-forward-button.js";
import "media-chrome/dist/media-mute-button.js";
import "media-chrome/dist/media-volume-range.js";
import "media-chrome/dist/media-time-range.js";
import "media-chrome/dist/media-time-display.js";
import "media-chrome/dist/media-pip-button.js";
import "media-chrome/dist/media-fullscreen-button.js";
import { html, nothing } from "lit";
import type { MediaController } from "media-chrome/dist/media-controller.js";
import type { Programme } from "../core/programme.ts";
import type { Outage, WatchView } from "../wire/watch-session.ts";
import { PlainElement } from "./plain-element.ts";

/** A wait shorter than this needs no words. */
const LONG_WAIT_MS = 2_000;
const SEEK_SECONDS = 10;
/** Somebody this little further behind than the player aims at still watches live. */
const LIVE_TOLERANCE_SECONDS = 4;
/** The player's usual distance from the live edge, until it says how far it is. */
const LIVE_DISTANCE_SECONDS = 8;

class CinemaScreen extends PlainElement {
  static override properties = {
    entry: { attribute: false },
    outage: { attribute: false },
    trouble: { attribute: false },
    bufferSeconds: { attribute: false },
    liveDistanceSeconds: { attribute: false },
    nowMs: { attribute: false },
    isMutedByBrowser: { state: true },
  };
  declare entry: Programme;
  declare outage: Outage | undefined;
  declare trouble: WatchView["trouble"];
  declare bufferSeconds: number;
  /** How far behind the newest part the player means to stay; undefined until it knows. */
  declare liveDistanceSeconds: number | undefined;
  declare nowMs: number;
  declare isMutedByBrowser: boolean;
  #dryAtMs: number | undefined;

  constructor() {
    super();
    this.isMutedByBrowser = false;
  }

  get video(): HTMLVideoElement | null {
    return this.querySelector("video");
  }

  async start(): Promise<void> {
    const { video } = this;
    if (video === null || (await mayPlay(video))) return;
    video.muted = true;
    // Where even that is refused, the button in the middle is what is left.
    this.isMutedByBrowser = await mayPlay(video);
    if (!this.isMutedByBrowser) video.muted = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
  }

  protected override willUpdate(): void {
    const { video } = this;
    const isDry =
      video !== null &&
      !video.paused &&
      !video.ended &&
      video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    this.#dryAtMs = isDry ? (this.#dryAtMs ?? this.nowMs) : undefined;
  }

  protected override render() {
    const isDry = this.#dryAtMs !== undefined || this.bufferSeconds < 0.1;
    const waitsLong =
      this.outage === undefined &&
      this.trouble === undefined &&
      this.#dryAtMs !== undefined &&
      this.nowMs - this.#dryAtMs >= LONG_WAIT_MS;
    const isLive = this.entry.durationSeconds === undefined;
    const distance = this.liveDistanceSeconds ?? LIVE_DISTANCE_SECONDS;
    return html`
      <media-controller
        aria-label="Video player: ${this.entry.title}"
        nomutedpref
        noautoseektolive
        hotkeys=${isLive ? NO_SEEK_KEYS : ""}
        defaultstreamtype=${isLive ? "live" : "on-demand"}
        seektoliveoffset=${distance}
        liveedgeoffset=${distance + LIVE_TOLERANCE_SECONDS}
      >
        <video
          slot="media"
          data-testid="video"
          poster=${this.entry.poster}
          playsinline
          crossorigin="anonymous"
          @volumechange=${this.#onVolume}
        ></video>
        <degraded-slate
          slot="top-chrome"
          noautohide
          .outage=${this.outage}
          .isDry=${isDry}
          .bufferSeconds=${this.bufferSeconds}
          .nowMs=${this.nowMs}
        ></degraded-slate>
        ${
          this.trouble === undefined
            ? nothing
            : html`<div class="trouble" slot="top-chrome" noautohide>
                <p role="alert">${TROUBLE_WORDS[this.trouble]}</p>
                <p class="ways">
                  <button class="button" @click=${() => location.reload()}>Try again</button>
                  <a href="/">Choose something else</a>
                </p>
              </div>`
        }
        ${
          this.outage === undefined && this.trouble === undefined
            ? html`<media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
                <media-play-button slot="centered-chrome" class="big-play" notooltip></media-play-button>`
            : nothing
        }
        <p class="wait" slot="centered-chrome" noautohide role="status" ?hidden=${!waitsLong}>
          ${waitsLong ? "Still fetching the picture. It goes on by itself." : nothing}
        </p>
        ${
          this.isMutedByBrowser
            ? html`<button class="button sound" slot="middle-chrome" noautohide @click=${this.#turnSoundOn}>
                Turn sound on
              </button>`
            : nothing
        }
        <media-control-bar class="timeline">
          ${isLive ? nothing : html`<media-time-range></media-time-range>`}
        </media-control-bar>
        <media-control-bar class="controls">
          <media-play-button></media-play-button>
          ${isLive ? LIVE_BUTTON : SEEK_BUTTONS}
          <media-mute-button></media-mute-button>
          <media-volume-range></media-volume-range>
          ${isLive ? nothing : html`<media-time-display showduration></media-time-display>`}
          <span class="spacer"></span>
          <media-pip-button></media-pip-button>
          <media-fullscreen-button></media-fullscreen-button>
        </media-control-bar>
      </media-controller>
    `;
  }

  /** The player's keys work anywhere on the page, unless something there has the focus. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const isOurs =
      event.target === document.body && !event.ctrlKey && !event.metaKey && !event.altKey;
    // Up and down scroll the page while the player is not focused.
    const keys = this.entry.durationSeconds === undefined ? LIVE_KEYS : FILM_KEYS;
    if (!isOurs || !keys.has(event.key)) return;
    event.preventDefault();
    this.querySelector<MediaController>("media-controller")?.keyboardShortcutHandler(event);
  };

  readonly #onVolume = (): void => {
    if (this.video?.muted === false) this.isMutedByBrowser = false;
  };

  readonly #turnSoundOn = (): void => {
    if (this.video !== null) this.video.muted = false;
  };
}

const TROUBLE_WORDS: Readonly<Record<NonNullable<WatchView["trouble"]>, string>> = {
  NO_SUCH_SOURCE:
    "This is in the programme, but every box says that it does not have it. It may come later.",
  MEDIA_ERROR: "This browser could not play what arrived. What comes next may be in order again.",
  UNSUPPORTED_BROWSER: "This browser cannot play what is shown here. A newer one can.",
};

const SEEK_BUTTONS = html`<media-seek-backward-button seekoffset=${SEEK_SECONDS}></media-seek-backward-button>
  <media-seek-forward-button seekoffset=${SEEK_SECONDS}></media-seek-forward-button>`;

const LIVE_BUTTON = html`<media-live-button>
  <span slot="text" class="now">Live</span><span slot="text" class="later">Back to live</span>
</media-live-button>`;

const LIVE_KEYS = new Set([" ", "k", "m", "f"]);
const FILM_KEYS = new Set([...LIVE_KEYS, "j", "l", "ArrowLeft", "ArrowRight"]);
/** In media-chrome's own words. */
const NO_SEEK_KEYS = "noarrowleft noarrowright noj nol";

/** False only where the browser wants a gesture first. */
async function mayPlay(video: HTMLVideoElement): Promise<boolean> {
  try {
    await video.play();
    return true;
  } catch (error) {
    // AbortError: somebody paused or the source was changed meanwhile, which is no refusal.
    return !(error instanceof DOMException && error.name === "NotAllowedError");
  }
}

export type { CinemaScreen };

customElements.define("cinema-screen", CinemaScreen);
