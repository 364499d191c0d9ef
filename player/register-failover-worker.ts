/**
 * Gives failover, resume and failback to any player on a page: a service worker answers the player's
 * requests by the failover transport, and this is the page's end of it.
 *
 * Where there can be no worker, the promise is rejected and the page's player plays on without us.
 */

import type { PlayerEvents, PlayerSnapshot } from "./contract/player-events.ts";
import type { FailoverOptions } from "./contract/player-options.ts";
import type { ToPage, ToWorker, WorkerSnapshot } from "./contract/worker-messages.ts";
import { isWorthTelling, type ToldBuffer } from "./core/worker/told-buffer.ts";
import { bufferedAheadSeconds } from "./hls/buffered-ahead.ts";
import { PlayerEventTarget, tell } from "./hls/player-event-target.ts";
import { InvalidSourceError, sourceUrls } from "./hls/source-urls.ts";
import { isScript } from "./worker/is-script.ts";

// biome-ignore lint/performance/noBarrelFile: a page that has this file has no other of ours.
export { InvalidSourceError } from "./hls/source-urls.ts";

export type FailoverWorkerOptions = {
  /** Where the page's own server has `understudy-worker.js`. */
  readonly worker?: string;
  /** Which pages it serves; those beside it and below, if not said. */
  readonly scope?: string;
  /** URLs of the same multivariant playlist or MPD, best first. Give the player the first one. */
  readonly sources: readonly string[];
  /** What plays it: how much is in hand decides how long a slow host is waited for. */
  readonly video?: HTMLMediaElement;
  readonly failover?: FailoverOptions;
};

export type FailoverWorkerErrorCode =
  /** This browser has no service workers, or this page may have none: it was not loaded securely. */
  | "WORKER_UNSUPPORTED"
  /** The worker may not serve this page: its script lies below another path, or at another origin. */
  | "WORKER_SCOPE_REFUSED"
  /** There is no such script, or it cannot be run: what its URL answers may be a page. */
  | "WORKER_SCRIPT_FAILED"
  | "WORKER_SILENT";

export class FailoverWorkerError extends Error {
  override readonly name = "FailoverWorkerError";
  readonly code: FailoverWorkerErrorCode;

  constructor(code: FailoverWorkerErrorCode, message: string, cause?: unknown) {
    super(`Cannot register a failover worker: ${message}`, { cause });
    this.code = code;
  }
}

const DEFAULT_WORKER = "/understudy-worker.js";
const TELL_BUFFER_EVERY_MS = 250;
const BUFFER_TOLERANCE_SECONDS = 0.25;
/** An installation waits for the network. */
const OPEN_LIMIT_MS = 10_000;

/**
 * Resolves once the worker has taken over: from then on the page may give `sources[0]` to its player.
 *
 * @throws {FailoverWorkerError} where there can be no worker.
 * @throws {InvalidSourceError} if `sources` is empty or holds something that is no URL.
 */
export async function registerFailoverWorker(
  options: FailoverWorkerOptions,
): Promise<FailoverWorker> {
  const { worker = DEFAULT_WORKER, scope, sources, failover = {} } = options;
  const urls = sourceUrls(sources, document.baseURI);
  if (urls.length === 0) throw new InvalidSourceError("Cannot register: there are no sources");
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (container === undefined || !isSecureContext) {
    throw new FailoverWorkerError("WORKER_UNSUPPORTED", "this page can have no service worker");
  }
  // Only from here on: a page that was not loaded securely can draw no UUID either.
  const session = {
    id: crypto.randomUUID(),
    // As the worker sees them: of a request it is told no fragment.
    sources: urls.map((url) => url.replace(/#.*$/s, "")),
    failover,
  };
  const registration = await register(container, worker, scope);
  if (!location.href.startsWith(registration.scope)) {
    const message = `${registration.scope} does not cover this page`;
    throw new FailoverWorkerError("WORKER_SCOPE_REFUSED", message);
  }
  const failoverWorker = new FailoverWorker({ container, registration, session, ...options });
  try {
    await failoverWorker.opened;
  } catch (error) {
    failoverWorker.end();
    throw error;
  }
  return failoverWorker;
}

/** The page may well mean it: it is for whoever writes the page, and no event of the play. */
function warnOfStray(url: string, sources: readonly string[]): void {
  // biome-ignore lint/suspicious/noConsole: there is nobody else to tell.
  console.warn(
    `Understudy: ${url} plays without failover, for it is none of the sources; give the player ${sources[0]}`,
  );
}

async function register(
  container: ServiceWorkerContainer,
  worker: string,
  scope: string | undefined,
): Promise<ServiceWorkerRegistration> {
  try {
    return await container.register(worker, scope === undefined ? {} : { scope });
  } catch (error) {
    const isForbidden = error instanceof DOMException && error.name === "SecurityError";
    const code =
      isForbidden && (await mayBeRun(worker)) ? "WORKER_SCOPE_REFUSED" : "WORKER_SCRIPT_FAILED";
    throw new FailoverWorkerError(code, String(error), error);
  }
}

/** Or would be if it lay elsewhere: that of another origin is refused whatever it is, and need not let us look. */
async function mayBeRun(worker: string): Promise<boolean> {
  const { origin, href } = new URL(worker, document.baseURI);
  return origin !== location.origin || (await isScript(href, OPEN_LIMIT_MS));
}

type Registered = {
  readonly container: ServiceWorkerContainer;
  readonly registration: ServiceWorkerRegistration;
  readonly session: {
    readonly id: string;
    readonly sources: readonly string[];
    readonly failover: FailoverOptions;
  };
  readonly video?: HTMLMediaElement;
};

const NOTHING_KNOWN: WorkerSnapshot = {
  servedBy: undefined,
  pathways: [],
  steering: "unknown",
  degraded: false,
  standsStill: false,
  counts: { failovers: 0, failbacks: 0, hedges: 0, resumes: 0, requests: 0 },
  bytes: { delivered: 0, hedging: 0, probing: 0 },
};

/** Tells what the worker does, as `createFailoverPlayer` would. */
export class FailoverWorker extends PlayerEventTarget {
  /** Resolves once the worker has this play and controls the page. */
  readonly opened: Promise<void>;
  readonly #options: Registered;
  readonly #loop: ReturnType<typeof setInterval>;
  readonly #ended = new AbortController();
  #snapshot = NOTHING_KNOWN;
  #toldBuffer: ToldBuffer | undefined;

  constructor(options: Registered) {
    super();
    this.#options = options;
    const { container } = options;
    this.opened = this.#open();
    container.addEventListener(
      "message",
      ({ data }) => this.#hear(data as Partial<ToPage> | null),
      {
        signal: this.#ended.signal,
      },
    );
    container.startMessages();
    this.#loop = setInterval(() => this.#tellBuffer(), TELL_BUFFER_EVERY_MS);
  }

  /** What the worker has last told; rendition, latency, what is buffered from whom and reports are the player's. */
  snapshot(): PlayerSnapshot {
    const { video } = this.#options;
    return {
      ...this.#snapshot,
      bufferSeconds: video === undefined ? 0 : bufferedAheadSeconds(video),
      rendition: undefined,
      live: undefined,
      served: [],
      reports: [],
    };
  }

  /** The player's requests pass untouched again, and the worker goes once no page needs it. */
  async unregister(): Promise<void> {
    this.#say({ understudy: "close", id: this.#options.session.id });
    this.end();
    await this.#options.registration.unregister();
  }

  /** Hears and tells nothing more. */
  end(): void {
    clearInterval(this.#loop);
    this.#ended.abort();
  }

  async #open(): Promise<void> {
    const { container, session } = this.#options;
    const { signal } = this.#ended;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const limit = setTimeout(() => {
      reject(new FailoverWorkerError("WORKER_SILENT", "it has not taken over in time"));
    }, OPEN_LIMIT_MS);
    let isOpened = false;
    const ask = (worker: ServiceWorker | null) =>
      worker?.postMessage({ understudy: "open", session } satisfies ToWorker);
    const look = () => {
      if (isOpened && container.controller !== null) resolve();
    };
    container.addEventListener(
      "controllerchange",
      () => {
        // The one that was asked may have been an older one, which knows nothing of us.
        if (!isOpened) ask(container.controller);
        look();
      },
      { signal },
    );
    container.addEventListener(
      "message",
      ({ data }) => {
        const message = data as Partial<ToPage> | null;
        if (message?.understudy !== "opened" || message.id !== session.id) return;
        isOpened = true;
        look();
      },
      { signal },
    );
    // A worker whose installation comes to no end is never ready.
    void container.ready.then(({ active }) => ask(active));
    await promise.finally(() => clearTimeout(limit));
  }

  #hear(message: Partial<ToPage> | null): void {
    const { session } = this.#options;
    if (message?.id !== session.id) return;
    const told = message as ToPage;
    if (told.understudy === "unknown") {
      this.#say({ understudy: "open", session });
      return;
    }
    this.#snapshot = told.snapshot;
    if (told.understudy === "stray") warnOfStray(told.url, session.sources);
    if (told.understudy === "event") {
      tell<keyof PlayerEvents>(this, told.name, told.detail);
    }
  }

  #tellBuffer(): void {
    const { video, session } = this.#options;
    if (video === undefined) return;
    const rate = video.paused || video.ended ? 0 : video.playbackRate;
    const buffer = { seconds: bufferedAheadSeconds(video), rate };
    if (!isWorthTelling(this.#toldBuffer, buffer, BUFFER_TOLERANCE_SECONDS)) return;
    this.#toldBuffer = buffer;
    this.#say({ understudy: "buffer", id: session.id, ...buffer });
  }

  /** To whichever worker controls the page by now: it may have been replaced. */
  #say(message: ToWorker): void {
    this.#options.container.controller?.postMessage(message);
  }
}
