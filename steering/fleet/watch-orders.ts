/**
 * Tells when another node comes first for an audience: those who watch one title in one region.
 *
 * Every viewer has an order of its own, and nobody could read a history of all of them. So the audiences
 * that were asked for of late are ranked now and then as for a newcomer, and a change of the first place
 * is told, once it has lasted for two looks.
 */
import { LRUCache } from "lru-cache";
import type { Viewer } from "../core/ranking/ranked-node.ts";
import type { Ranking } from "../core/ranking/ranked-place.ts";
import type { NewEvent } from "../history/open-history.ts";

export type Audience = {
  readonly source: string;
  readonly path: string;
  readonly region: string | undefined;
};

export type OrderWatchOptions = {
  readonly rank: (viewer: Viewer) => Ranking;
  readonly tell: (event: NewEvent) => void;
  readonly maxAudiences: number;
};

type Watched = { readonly viewer: Viewer; first: string | undefined; rival: string | undefined };

export function watchOrders({ rank, tell, maxAudiences }: OrderWatchOptions) {
  const audiences = new LRUCache<string, Watched>({ max: maxAudiences });

  function look(name: string, watched: Watched): void {
    const [place] = rank(watched.viewer).places;
    if (place === undefined || place.id === watched.first) {
      watched.rival = undefined;
      return;
    }
    if (watched.first !== undefined && watched.rival !== place.id) {
      watched.rival = place.id;
      return;
    }
    if (watched.first !== undefined) {
      const { first: from } = watched;
      tell({ kind: "order", subject: name, from, to: place.id, reason: place.reason });
    }
    watched.first = place.id;
    watched.rival = undefined;
  }

  return {
    noteAsked(audience: Audience): void {
      const name = nameOf(audience);
      if (audiences.get(name) !== undefined) return;
      const { source, path, region } = audience;
      const viewer: Viewer = {
        sessionId: name,
        region,
        title: `${source}${path}`,
        current: undefined,
        kept: [],
      };
      audiences.set(name, { viewer, first: undefined, rival: undefined });
    },
    look(): void {
      for (const [name, watched] of audiences.entries()) look(name, watched);
    },
  };
}

export function nameOf({ source, path, region }: Audience): string {
  return `${source}${path} ${region ?? "anywhere"}`;
}
