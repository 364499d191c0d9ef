/**
 * All plays of all pages that one worker serves: whose request is whose, and what of them outlives it.
 *
 * A play belongs to the page that opened it, so two tabs with two titles, or with one, do not disturb each
 * other. The worker may be stopped between any two requests; the next one begins with what was saved.
 */
import type { OpenSession, ToPage } from "../contract/worker-messages.ts";
import type { NamedResource } from "../core/worker/named-resources.ts";
import type { SessionStore, StoredPlaylist, StoredSession } from "./session-store.ts";
import { type SessionPolicy, WorkerSession, type World } from "./worker-session.ts";

export type BookPolicy = SessionPolicy & {
  /** Beyond that the oldest ones are forgotten, those of pages that are not there first. */
  readonly maxSessions: number;
  /** How long the play of a page that is not there is kept after its last request. */
  readonly keepAbsentMs: number;
  readonly saveEveryMs: number;
  /** What has not been read by then is taken for lost: requests wait for it. */
  readonly restoreLongestMs: number;
  /** In a playlist longer than this nothing is found again after the worker was stopped. */
  readonly maxPlaylistLength: number;
};

export type SessionBookOptions = World & {
  readonly policy: BookPolicy;
  readonly store: SessionStore;
  readonly pause: (ms: number) => Promise<void>;
  readonly isPageThere: (clientId: string) => Promise<boolean>;
  readonly tell: (clientId: string, message: ToPage) => void;
};

export class SessionBook {
  readonly #options: SessionBookOptions;
  readonly #sessions = new Map<string, WorkerSession>();
  readonly #unsaved = new Map<string, StoredPlaylist>();
  #saving: Promise<void> = Promise.resolve();
  #savedMs = 0;
  #isRestored = false;
  #restoring: Promise<void> | undefined;

  constructor(options: SessionBookOptions) {
    this.#options = options;
  }

  /** Whether `find()` knows all there is to know. */
  get isRestored(): boolean {
    return this.#isRestored;
  }

  /** Reads once what a worker before this one has left. */
  restored(): Promise<void> {
    this.#restoring ??= this.#restore();
    return this.#restoring;
  }

  /** The page may have several players: who opened last is asked first. */
  find(
    clientId: string,
    url: string,
  ): { readonly session: WorkerSession; readonly resource: NamedResource } | undefined {
    for (const session of [...this.#sessions.values()].reverse()) {
      if (session.clientId !== clientId) continue;
      const resource = session.find(url);
      if (resource !== undefined) return { session, resource };
    }
    return undefined;
  }

  sessionOf(clientId: string, id: string): WorkerSession | undefined {
    const session = this.#sessions.get(id);
    return session?.clientId === clientId ? session : undefined;
  }

  /** The page loads a manifest that none of its plays knows. */
  noteStray(clientId: string, url: string): void {
    for (const session of this.#sessions.values()) {
      if (session.clientId === clientId) session.noteStray(url);
    }
  }

  async open(opened: OpenSession, clientId: string): Promise<WorkerSession> {
    await this.#forgetGone();
    const session = this.sessionOf(clientId, opened.id) ?? this.#add(opened, clientId);
    await this.save();
    return session;
  }

  async close(session: WorkerSession): Promise<void> {
    session.close();
    this.#endThoseOver();
    await this.#remove(session.id);
  }

  tick(nowMs: number): void {
    for (const session of this.#sessions.values()) session.tick(nowMs);
    this.#endThoseOver();
    if (nowMs - this.#savedMs >= this.#options.policy.saveEveryMs) void this.save();
  }

  rest(): void {
    for (const session of this.#sessions.values()) session.rest();
  }

  isOnWatch(nowMs: number): boolean {
    return [...this.#sessions.values()].some((session) => session.isOnWatch(nowMs));
  }

  /** Never rejects: where nothing can be kept, plays go on all the same. */
  save(): Promise<void> {
    const { store, now } = this.#options;
    this.#savedMs = now();
    const sessions = [...this.#sessions.values()]
      .filter((session) => !session.isOver)
      .map((session): StoredSession => {
        const { clientId } = session;
        return { session: session.session, clientId, play: session.save() };
      });
    const playlists = [...this.#unsaved.values()];
    this.#unsaved.clear();
    return this.#inOrder(() => store.put(sessions, playlists));
  }

  async #restore(): Promise<void> {
    const { store, pause, policy } = this.#options;
    // A browser that keeps nothing (a private window) has nothing to give back either.
    const nothing = { sessions: [], playlists: [] };
    const { sessions, playlists } = await Promise.race([
      store.readAll().catch(() => nothing),
      pause(policy.restoreLongestMs).then(() => nothing),
    ]);
    for (const { session, clientId, play } of sessions) {
      const own = playlists.filter(({ id }) => id === session.id);
      const restored = this.#add(session, clientId);
      restored.restore(play, new Map(own.map(({ url, text }) => [url, text])));
    }
    this.#isRestored = true;
  }

  #add(session: OpenSession, clientId: string): WorkerSession {
    const { policy, tell } = this.#options;
    const added = new WorkerSession({
      ...this.#options,
      session,
      clientId,
      tell: (message) => tell(clientId, message),
      onPlaylist: (url, text) => {
        if (text.length > policy.maxPlaylistLength) return;
        this.#unsaved.set(`${session.id} ${url}`, { id: session.id, url, text });
      },
    });
    this.#sessions.set(session.id, added);
    return added;
  }

  async #forgetGone(): Promise<void> {
    const { isPageThere, policy } = this.#options;
    const all = [...this.#sessions.values()];
    const areThere = await Promise.all(all.map(({ clientId }) => isPageThere(clientId)));
    const absent = all.filter((_, place) => areThere[place] !== true);
    const there = all.filter((_, place) => areThere[place] === true);
    // A page that one can go back to is not there, and goes on where it was.
    const longGone = absent.filter(({ idleMs }) => idleMs >= policy.keepAbsentMs);
    const surplus = Math.max(0, all.length + 1 - policy.maxSessions);
    const gone = new Set([...longGone, ...[...absent, ...there].slice(0, surplus)]);
    await Promise.all([...gone].map((session) => this.close(session)));
  }

  #endThoseOver(): void {
    for (const session of this.#sessions.values()) {
      if (!session.isOver) continue;
      session.end();
      this.#sessions.delete(session.id);
    }
  }

  #remove(id: string): Promise<void> {
    return this.#inOrder(() => this.#options.store.remove(id));
  }

  /** What is written first must not be overtaken by what is written after it. */
  #inOrder(write: () => Promise<void>): Promise<void> {
    this.#saving = this.#saving.then(write).catch(() => undefined);
    return this.#saving;
  }
}
