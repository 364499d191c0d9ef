/**
 * Where each node is found, so that a player's words lead to it: its id, a URL that was asked, or the bare
 * name of a host.
 *
 * Several nodes may share a host, each with a path of its own: the longest that fits is meant. A name
 * of a host, which is all that CMCD's `h` says, means a node only if no other has the same. One that comes,
 * goes or moves costs the same however many there are.
 */
import type { PlayerReport } from "./read-player-report.ts";

export type NodeFinder = (
  report: Pick<PlayerReport, "names" | "url" | "hostname">,
) => string | undefined;

type Address = { readonly host: string; readonly path: string };
/** Most have one: a set for each of them would weigh more than all else. */
type Ids = string | Set<string>;

export class NodeAddresses {
  /** Undefined for a node whose URL leads nowhere: it is still known by its id. */
  readonly #byId = new Map<string, Address | undefined>();
  readonly #atHost = new Map<string, Ids>();
  /** By the name of the host, without a port. */
  readonly #atName = new Map<string, Ids>();

  /** The node is found there from now on, and nowhere else. */
  put(id: string, url: string): void {
    this.remove(id);
    const address = addressOf(url);
    this.#byId.set(id, address);
    if (address === undefined) return;
    addTo(this.#atHost, address.host, id);
    addTo(this.#atName, nameOf(address), id);
  }

  remove(id: string): void {
    const address = this.#byId.get(id);
    this.#byId.delete(id);
    if (address === undefined) return;
    takeFrom(this.#atHost, address.host, id);
    takeFrom(this.#atName, nameOf(address), id);
  }

  readonly find: NodeFinder = ({ names, url, hostname }) =>
    names.find((name) => this.#byId.has(name)) ??
    (url === undefined ? undefined : this.#ofUrl(url)) ??
    (hostname === undefined ? undefined : this.#ofName(hostname.toLowerCase()));

  /** Of those with the same path, who came first. */
  #ofUrl(url: string): string | undefined {
    const asked = addressOf(url);
    let best: { readonly id: string; readonly path: string } | undefined;
    for (const id of each(this.#atHost.get(asked?.host ?? ""))) {
      const { path = "" } = this.#byId.get(id) ?? {};
      const isLonger = best === undefined || path.length > best.path.length;
      if (isLonger && asked?.path.startsWith(path)) best = { id, path };
    }
    return best?.id;
  }

  #ofName(name: string): string | undefined {
    const ids = this.#atName.get(name) ?? this.#atHost.get(name);
    return typeof ids === "string" ? ids : undefined;
  }
}

function addressOf(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const { host, pathname } = new URL(url);
  return { host, path: pathname.endsWith("/") ? pathname : `${pathname}/` };
}

function nameOf({ host }: Address): string {
  return host.replace(/:\d+$/, "");
}

function each(ids: Ids | undefined): Iterable<string> {
  return typeof ids === "string" ? [ids] : (ids ?? []);
}

function addTo(index: Map<string, Ids>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, id);
  else if (typeof ids === "string") index.set(key, new Set([ids, id]));
  else ids.add(id);
}

function takeFrom(index: Map<string, Ids>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === id) index.delete(key);
  if (ids === undefined || typeof ids === "string") return;
  ids.delete(id);
  const [left] = ids;
  if (ids.size === 1 && left !== undefined) index.set(key, left);
}
