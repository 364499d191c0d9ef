/** Keeps what a worker knows of its plays beyond its own end, in IndexedDB. */
import type { OpenSession } from "../contract/worker-messages.ts";
import type { SavedPlay } from "../core/play/saved-play.ts";

export type StoredSession = {
  readonly session: OpenSession;
  /** The page that plays it. */
  readonly clientId: string;
  /** On the wall clock. */
  readonly play: SavedPlay;
};

export type StoredPlaylist = { readonly id: string; readonly url: string; readonly text: string };

export type SessionStore = {
  readAll(): Promise<{
    readonly sessions: readonly StoredSession[];
    readonly playlists: readonly StoredPlaylist[];
  }>;
  put(sessions: readonly StoredSession[], playlists: readonly StoredPlaylist[]): Promise<void>;
  /** With all its playlists. */
  remove(id: string): Promise<void>;
};

const SESSIONS = "sessions";
const PLAYLISTS = "playlists";
const VERSION = 1;

/** @param name of the database: each worker has one of its own. */
export function openSessionStore(factory: IDBFactory, name: string): SessionStore {
  let opening: Promise<IDBDatabase> | undefined;
  const database = () => {
    opening ??= openDatabase(factory, name);
    return opening;
  };
  const transaction = async (mode: IDBTransactionMode) => {
    const begun = (await database()).transaction([SESSIONS, PLAYLISTS], mode);
    return {
      begun,
      sessions: begun.objectStore(SESSIONS),
      playlists: begun.objectStore(PLAYLISTS),
    };
  };
  return {
    async readAll() {
      const { sessions, playlists } = await transaction("readonly");
      const [storedSessions, storedPlaylists] = await Promise.all([
        answerOf<StoredSession[]>(sessions.getAll()),
        answerOf<StoredPlaylist[]>(playlists.getAll()),
      ]);
      return { sessions: storedSessions, playlists: storedPlaylists };
    },
    async put(storedSessions, storedPlaylists) {
      const { begun, sessions, playlists } = await transaction("readwrite");
      for (const stored of storedSessions) sessions.put(stored);
      for (const stored of storedPlaylists) playlists.put(stored);
      await endOf(begun);
    },
    async remove(id) {
      const { begun, sessions, playlists } = await transaction("readwrite");
      sessions.delete(id);
      // Keys of several parts are ordered part by part, and an array comes after every text.
      playlists.delete(IDBKeyRange.bound([id], [id, []]));
      await endOf(begun);
    },
  };
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  const opening = factory.open(name, VERSION);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(SESSIONS, { keyPath: "session.id" });
    opening.result.createObjectStore(PLAYLISTS, { keyPath: ["id", "url"] });
  };
  return answerOf(opening);
}

function answerOf<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
