/**
 * Knows which viewers are being served already, so that the new can be told from the running.
 *
 * A session is what the player says it is (the `sid` of its CMCD), else the connection. A connection
 * that has been served and ends leaves its place to the next one of the same client, which is an address
 * and a user agent: a viewer whose connection broke goes on, and one who opens more of them than before
 * is new. Everything is forgotten after a while, and beyond a number the oldest first.
 */
import type { IncomingMessage } from "node:http";
import { LRUCache } from "lru-cache";
import { sessionNameIn } from "../core/session-name.ts";

export type SessionsPolicy = {
  /** How long after its last request a session still counts as running. */
  readonly rememberedMs: number;
  readonly maxSessions: number;
  /** Places that one client's connections may leave behind. */
  readonly maxPlaces: number;
};

export type SessionsOptions = { readonly policy: SessionsPolicy; readonly now: () => number };

export type AskedBy = Pick<IncomingMessage, "url" | "headers" | "socket"> & {
  /** In HTTP/2, each request has a stream and what looks like a socket of its own. */
  readonly stream?: { readonly session?: Connection | undefined };
};

/** A socket of HTTP/1.1, or a session of HTTP/2. */
type Connection = { once(event: "close", listener: () => void): unknown };

export class Sessions {
  readonly #policy: SessionsPolicy;
  readonly #now: () => number;
  /** Sessions by name, with nothing to say of them but that they are. */
  readonly #named: LRUCache<string, true>;
  readonly #served = new WeakSet<Connection>();
  /** When the places expire that a client's connections have left. */
  readonly #places: LRUCache<string, number[]>;

  constructor({ policy, now }: SessionsOptions) {
    const limits = {
      max: policy.maxSessions,
      ttl: policy.rememberedMs,
      ttlResolution: 0,
      perf: { now },
    };
    this.#policy = policy;
    this.#now = now;
    this.#named = new LRUCache(limits);
    this.#places = new LRUCache(limits);
  }

  isRunning(request: AskedBy): boolean {
    const name = nameOf(request);
    if (name !== undefined) return this.#named.has(name);
    return (
      this.#served.has(connectionOf(request)) || this.#freePlacesOf(clientOf(request)).length > 0
    );
  }

  /** It has been let in, and runs from now on. */
  admit(request: AskedBy): void {
    const name = nameOf(request);
    if (name !== undefined) {
      this.#named.set(name, true);
      return;
    }
    const connection = connectionOf(request);
    if (this.#served.has(connection)) return;
    this.#served.add(connection);
    const client = clientOf(request);
    this.#takePlace(client);
    connection.once("close", () => this.#leavePlace(client));
  }

  #freePlacesOf(client: string): readonly number[] {
    const nowMs = this.#now();
    return this.#places.get(client)?.filter((untilMs) => nowMs < untilMs) ?? [];
  }

  #takePlace(client: string): void {
    const [, ...rest] = this.#freePlacesOf(client);
    if (rest.length > 0) this.#places.set(client, rest);
    else this.#places.delete(client);
  }

  #leavePlace(client: string): void {
    const { rememberedMs, maxPlaces } = this.#policy;
    const places = [...this.#freePlacesOf(client), this.#now() + rememberedMs];
    this.#places.set(client, places.slice(-maxPlaces));
  }
}

function nameOf({ url, headers }: AskedBy): string | undefined {
  const field = headers["cmcd-session"];
  return sessionNameIn(url ?? "", typeof field === "string" ? field : undefined);
}

function connectionOf({ stream, socket }: AskedBy): Connection {
  return stream?.session ?? socket;
}

const MAX_AGENT_LENGTH = 200;

function clientOf({ socket, headers }: AskedBy): string {
  const agent = headers["user-agent"]?.slice(0, MAX_AGENT_LENGTH) ?? "";
  return `${socket.remoteAddress ?? ""} ${agent}`;
}
