/**
 * A failover worker on the network of `wire.rig.ts`, with pages that ask and hear: its scope, its store
 * and its pauses are the rig's, and it can be stopped at any moment, as browsers do.
 */
import type { ToPage } from "../contract/worker-messages.ts";
import { Sleepers } from "../transport/sleepers.ts";
import { POLICY, Rig, settled } from "../transport/wire.rig.ts";
import { ATTEND_POLICY, attendPages } from "./attend-pages.ts";
import type { SessionStore, StoredPlaylist, StoredSession } from "./session-store.ts";
import type { LastingEvent, PageFetchEvent, WorkerScope } from "./worker-scope.ts";

type Listeners = Partial<Record<string, (event: never) => void>>;

export const PAGE = "page-1";
/** In which requests that nobody answers for the page are answered by the network. */
export const UNTOUCHED = "untouched";

export class WorkerRig {
  readonly wire: Rig;
  readonly pages = new Set([PAGE]);
  readonly told: { readonly page: string; readonly message: ToPage }[] = [];
  /** Promises for which the browser keeps the worker alive. */
  readonly lasting = new Set<Promise<unknown>>();
  readonly requests: RequestInit[] = [];
  claims = 0;
  /** What becomes of the next words with the store. */
  isStoreBroken = false;
  /** Until when a word with the store takes. */
  storing: Promise<void> = Promise.resolve();
  readonly #store = new MemoryStore(async () => {
    await this.storing;
    if (this.isStoreBroken) throw new DOMException("no space is left", "QuotaExceededError");
  });
  #pauses = new Sleepers();
  #listeners: Listeners = {};

  constructor(...wire: ConstructorParameters<typeof Rig>) {
    this.wire = new Rig(...wire);
    this.wire.onStep = () => this.#pauses.tick(this.wire.nowMs);
    this.starts();
  }

  /** A worker of which nothing is left but what it has stored. */
  starts(): void {
    const { wire } = this;
    this.#pauses = new Sleepers();
    this.#listeners = {};
    const startedMs = wire.nowMs;
    attendPages(this.#scope(), {
      policy: ATTEND_POLICY,
      store: this.#store,
      fetch: (input, init) => {
        this.requests.push(init ?? {});
        return wire.fetch(input instanceof Request ? input.url : input, init);
      },
      // Each worker's own clock begins with it.
      now: () => wire.nowMs - startedMs + 1,
      wallNow: () => wire.nowMs,
      random: () => 0.5,
      pause: (ms) => this.#pauses.sleep(wire.nowMs + ms, new AbortController().signal),
    });
  }

  async opens(sources: readonly string[], { page = PAGE, id = "one" } = {}): Promise<void> {
    const { dwellJitterMs, overlapBytes, probeBytes } = POLICY;
    const failover = { dwellJitterMs, overlapBytes, probeBytes };
    await this.says({ understudy: "open", session: { id, sources, failover } }, page);
  }

  async says(message: unknown, page: string | null = PAGE): Promise<void> {
    const source = page === null ? null : { id: page };
    const event = { ...this.#lastingEvent(), data: message, source };
    this.#dispatch("message", event);
    await settled();
  }

  /** The answer that the page gets, or `UNTOUCHED`. */
  asks(url: string, init: RequestInit = {}, page = PAGE): Promise<Response | typeof UNTOUCHED> {
    const request = new Request(url, init);
    let answer: Promise<Response | typeof UNTOUCHED> = Promise.resolve(UNTOUCHED);
    const event: PageFetchEvent = {
      ...this.#lastingEvent(),
      request,
      clientId: page,
      respondWith: (promise) => {
        answer = promise;
      },
    };
    this.#dispatch("fetch", event);
    answer.catch(() => undefined);
    return answer;
  }

  /** The text of the answer, for what takes no time. */
  async loads(url: string, init: RequestInit = {}, page = PAGE): Promise<string> {
    const answer = await this.asks(url, init, page);
    return answer === UNTOUCHED ? UNTOUCHED : await answer.text();
  }

  /** Of which playlists there is a copy that outlives the worker. */
  async storedPlaylists(): Promise<readonly string[]> {
    return (await this.#store.readAll()).playlists.map(({ url }) => url);
  }

  names(page = PAGE): readonly string[] {
    return this.told.flatMap(({ page: whom, message }) =>
      whom === page && message.understudy === "event" ? [message.name] : [],
    );
  }

  #dispatch(name: string, event: LastingEvent): void {
    (this.#listeners[name] as ((event: LastingEvent) => void) | undefined)?.(event);
  }

  #lastingEvent(): LastingEvent {
    return {
      waitUntil: (promise) => {
        this.lasting.add(promise);
        const forget = () => this.lasting.delete(promise);
        promise.then(forget, forget);
      },
    };
  }

  #scope(): WorkerScope {
    return {
      addEventListener: (name, listener) => {
        this.#listeners[name] = listener as (event: never) => void;
      },
      skipWaiting: async () => undefined,
      clients: {
        claim: async () => {
          this.claims += 1;
        },
        get: async (page) =>
          this.pages.has(page)
            ? {
                postMessage: (message: unknown) =>
                  void this.told.push({ page, message: structuredClone(message) as ToPage }),
              }
            : undefined,
      },
      registration: { scope: "http://site/" },
    };
  }
}

/** Keeps copies, as a database does. */
class MemoryStore implements SessionStore {
  readonly #sessions = new Map<string, StoredSession>();
  readonly #playlists = new Map<string, StoredPlaylist>();
  /** What comes before each word; it may fail. */
  readonly #before: () => Promise<void>;

  constructor(before: () => Promise<void>) {
    this.#before = before;
  }

  async readAll() {
    await this.#before();
    const sessions = structuredClone([...this.#sessions.values()]);
    return { sessions, playlists: [...this.#playlists.values()] };
  }

  async put(sessions: readonly StoredSession[], playlists: readonly StoredPlaylist[]) {
    await this.#before();
    for (const stored of structuredClone(sessions)) this.#sessions.set(stored.session.id, stored);
    for (const stored of playlists) this.#playlists.set(`${stored.id} ${stored.url}`, stored);
  }

  async remove(id: string) {
    await this.#before();
    this.#sessions.delete(id);
    for (const [key, stored] of this.#playlists) if (stored.id === id) this.#playlists.delete(key);
  }
}
