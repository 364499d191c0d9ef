/**
 * Finds the node that a player means: by its id, by a URL that was asked, or by the bare name of a host.
 *
 * Several nodes may share a host, each with a path of its own: the longest that fits is meant. A name
 * of a host, which is all that CMCD's `h` says, means a node only if no other has the same.
 */
import type { PlayerReport } from "./read-player-report.ts";

export type NodeAddress = { readonly id: string; readonly url: string };
export type NodeFinder = (
  report: Pick<PlayerReport, "names" | "url" | "hostname">,
) => string | undefined;

type Prefix = { readonly id: string; readonly path: string };

/** To be made anew when the nodes change. */
export function compileNodeFinder(nodes: Iterable<NodeAddress>): NodeFinder {
  const ids = new Set<string>();
  const byHost = new Map<string, Prefix[]>();
  const byHostname = new Map<string, string | undefined>();
  for (const { id, url } of nodes) {
    ids.add(id);
    if (!URL.canParse(url)) continue;
    const { host, hostname, pathname } = new URL(url);
    byHost.set(host, [...(byHost.get(host) ?? []), { id, path: withSlash(pathname) }]);
    for (const name of new Set([host, hostname])) {
      byHostname.set(name, byHostname.has(name) ? undefined : id);
    }
  }
  for (const prefixes of byHost.values()) prefixes.sort((a, b) => b.path.length - a.path.length);

  function nodeOfUrl(url: string): string | undefined {
    if (!URL.canParse(url)) return undefined;
    const { host, pathname } = new URL(url);
    const path = withSlash(pathname);
    return byHost.get(host)?.find((prefix) => path.startsWith(prefix.path))?.id;
  }

  return ({ names, url, hostname }) =>
    names.find((name) => ids.has(name)) ??
    (url === undefined ? undefined : nodeOfUrl(url)) ??
    (hostname === undefined ? undefined : byHostname.get(hostname.toLowerCase()));
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
