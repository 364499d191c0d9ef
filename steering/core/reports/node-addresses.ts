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

type Address = { readonly host: string; readonly names: readonly string[]; readonly path: string };

export class NodeAddresses {
  /** Undefined for a node whose URL leads nowhere: it is still known by its id. */
  readonly #byId = new Map<string, Address | undefined>();
  /** Host → path → ids, of which the first is meant. */
  readonly #paths = new Map<string, Map<string, Set<string>>>();
  readonly #names = new Map<string, Set<string>>();

  /** The node is found there from now on, and nowhere else. */
  put(id: string, url: string): void {
    this.remove(id);
    const address = addressOf(url);
    this.#byId.set(id, address);
    if (address === undefined) return;
    const paths = this.#paths.get(address.host) ?? new Map<string, Set<string>>();
    this.#paths.set(address.host, paths);
    addTo(paths, address.path, id);
    for (const name of address.names) addTo(this.#names, name, id);
  }

  remove(id: string): void {
    const address = this.#byId.get(id);
    this.#byId.delete(id);
    if (address === undefined) return;
    const paths = this.#paths.get(address.host);
    if (paths !== undefined) takeFrom(paths, address.path, id);
    if (paths?.size === 0) this.#paths.delete(address.host);
    for (const name of address.names) takeFrom(this.#names, name, id);
  }

  readonly find: NodeFinder = ({ names, url, hostname }) =>
    names.find((name) => this.#byId.has(name)) ??
    (url === undefined ? undefined : this.#atUrl(url)) ??
    (hostname === undefined ? undefined : this.#atName(hostname.toLowerCase()));

  #atUrl(url: string): string | undefined {
    const asked = addressOf(url);
    let longest: string | undefined;
    const paths = this.#paths.get(asked?.host ?? "");
    for (const path of paths?.keys() ?? []) {
      const isLonger = longest === undefined || path.length > longest.length;
      if (isLonger && asked?.path.startsWith(path)) longest = path;
    }
    return firstOf(paths?.get(longest ?? ""));
  }

  #atName(name: string): string | undefined {
    const ids = this.#names.get(name);
    return ids?.size === 1 ? firstOf(ids) : undefined;
  }
}

function addressOf(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const { host, hostname, pathname } = new URL(url);
  const path = pathname.endsWith("/") ? pathname : `${pathname}/`;
  return { host, names: host === hostname ? [host] : [host, hostname], path };
}

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function takeFrom(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}

function firstOf(ids: ReadonlySet<string> | undefined): string | undefined {
  return ids?.values().next().value;
}
