/**
 * A service worker's life: takes over at once, answers what belongs to a play that a page has opened, and
 * lets everything else pass as if it were not there.
 *
 * Its loop runs only while something may come of it. Events keep the worker alive until then, but none
 * for long: browsers end a worker that cannot finish an event.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import type { ToPage, ToWorker } from "../contract/worker-messages.ts";
import { isManifestName } from "../core/worker/is-manifest-name.ts";
import { judgeRequest } from "../core/worker/judge-request.ts";
import { Sleepers } from "../transport/sleepers.ts";
import { type BookPolicy, SessionBook } from "./session-book.ts";
import type { SessionStore } from "./session-store.ts";
import type { PageFetchEvent, PageMessageEvent, WorkerScope } from "./worker-scope.ts";
import type { World } from "./worker-session.ts";

export type AttendPolicy = BookPolicy & {
  readonly tickMs: number;
  /** Longest time that one event keeps the worker alive for what comes after it. */
  readonly keepAliveMs: number;
};

export type AttendOptions = World & {
  readonly store: SessionStore;
  readonly policy: AttendPolicy;
  /** Resolves after that time; there is one at a time while the loop runs. */
  readonly pause: (ms: number) => Promise<void>;
};

export const ATTEND_POLICY: AttendPolicy = {
  tickMs: 100,
  keepAliveMs: 20_000,
  watch: { lingerMs: 5_000, probeForMs: 30_000 },
  assumedBufferSeconds: 5,
  snapshotEveryMs: 250,
  silentLongestMs: 30_000,
  maxSessions: 32,
  // Browsers keep a page that one can go back to for so long.
  keepAbsentMs: 600_000,
  saveEveryMs: 1_000,
  restoreLongestMs: 2_000,
  maxPlaylistLength: 1024 * 1024,
};

/** Call it while the worker's script is run: later, the first event has passed. */
export function attendPages(scope: WorkerScope, options: AttendOptions): void {
  const attendant = new PageAttendant(scope, options);
  scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
  scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
  scope.addEventListener("fetch", (event) => attendant.fetch(event));
  scope.addEventListener("message", (event) => attendant.hear(event));
}

class PageAttendant {
  readonly #scope: WorkerScope;
  readonly #options: AttendOptions;
  readonly #book: SessionBook;
  readonly #kept = new Sleepers();
  #isWatching = false;
  /** Words to pages, one after the other. */
  #telling: Promise<void> = Promise.resolve();

  constructor(scope: WorkerScope, options: AttendOptions) {
    this.#scope = scope;
    this.#options = options;
    this.#book = new SessionBook({
      ...options,
      isPageThere: async (clientId) => (await scope.clients.get(clientId)) !== undefined,
      tell: (clientId, message) => this.#tell(clientId, message),
    });
  }

  fetch(event: PageFetchEvent): void {
    const { request, clientId } = event;
    const { method, mode, destination, headers } = request;
    const rangeHeader = headers.get("range");
    const judgement = judgeRequest({ method, mode, destination, rangeHeader });
    if (judgement.verdict === "pass") return;
    if (this.#book.isRestored && this.#book.find(clientId, request.url) === undefined) {
      if (isManifestName(request.url)) this.#book.noteStray(clientId, request.url);
      return;
    }
    const answering = this.#answer(event, judgement.range);
    event.respondWith(answering);
    event.waitUntil(
      answering.then(
        () => this.#watch(),
        () => undefined,
      ),
    );
    this.#beginWatch();
  }

  hear(event: PageMessageEvent): void {
    const message = event.data as Partial<ToWorker> | null;
    const page = event.source?.id;
    if (page === undefined || typeof message?.understudy !== "string") return;
    event.waitUntil(this.#obey(message as ToWorker, page));
  }

  async #answer({ request, clientId }: PageFetchEvent, range: ByteRange | undefined) {
    try {
      await this.#book.restored();
      const found = this.#book.find(clientId, request.url);
      if (found !== undefined) return await found.session.answer(request, found.resource, range);
    } catch (error) {
      if (request.signal.aborted) throw error;
      // A mistake of ours must not cost the page its request: it goes the way that it would have gone.
    }
    return this.#options.fetch(request);
  }

  async #obey(message: ToWorker, page: string): Promise<void> {
    await this.#book.restored();
    if (message.understudy === "open") {
      const session = await this.#book.open(message.session, page);
      await this.#scope.clients.claim();
      this.#tell(page, { understudy: "opened", id: session.id, snapshot: session.snapshot() });
      return this.#telling;
    }
    const session = this.#book.sessionOf(page, message.id);
    if (message.understudy === "close") return session && this.#book.close(session);
    if (session === undefined) this.#tell(page, { understudy: "unknown", id: message.id });
    else session.noteBuffer({ seconds: message.seconds, rate: message.rate });
  }

  #tell(clientId: string, message: ToPage): void {
    this.#telling = this.#telling.then(async () => {
      const page = await this.#scope.clients.get(clientId);
      page?.postMessage(message);
    });
  }

  #beginWatch(): void {
    if (!this.#isWatching) void this.#run();
  }

  /** Resolves when there is nothing left to wait for, or after a while. */
  #watch(): Promise<void> {
    const { now, policy } = this.#options;
    this.#beginWatch();
    return this.#kept.sleep(now() + policy.keepAliveMs, new AbortController().signal);
  }

  async #run(): Promise<void> {
    const { now, pause, policy } = this.#options;
    this.#isWatching = true;
    try {
      await this.#book.restored();
      do {
        await pause(policy.tickMs);
        this.#book.tick(now());
        this.#kept.tick(now());
        if (!this.#book.isOnWatch(now())) await this.#book.save();
        // A request that came while that was written has found the loop running.
      } while (this.#book.isOnWatch(now()));
      this.#book.rest();
    } finally {
      this.#isWatching = false;
      this.#kept.wakeAll();
    }
  }
}
