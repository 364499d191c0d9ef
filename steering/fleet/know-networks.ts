/**
 * Knows where viewers are and how far regions are from one another: by the map of networks and the
 * distances in the file, and by the round trips that players report.
 */
import type { PathwayFile } from "../cdn/read-pathway-file.ts";
import {
  type DistancePolicy,
  noteRoundTrip,
  type RegionPair,
  type RoundTrips,
  regionDistances,
} from "../core/ranking/network-distance.ts";
import {
  type NetworkMap,
  NO_NETWORKS,
  readNetworkMap,
  regionOfAddress,
} from "../core/ranking/network-map.ts";
import type { RankingBoard } from "./ranking-board.ts";

export type NetworksOptions = {
  readonly board: Pick<RankingBoard, "useDistances">;
  /** Whether a node of ours is there. */
  readonly hasNodes: (region: string) => boolean;
  readonly policy: DistancePolicy;
};

export function knowNetworks({ board, hasNodes, policy }: NetworksOptions) {
  let map: NetworkMap = NO_NETWORKS;
  let configured: PathwayFile["distances"] = [];
  let named: ReadonlySet<string> = new Set();
  let trips: RoundTrips = new Map();
  let hasNewTrips = false;

  const isKnown = (region: string) => named.has(region) || hasNodes(region);
  const publish = () => {
    hasNewTrips = false;
    board.useDistances(regionDistances(configured, trips, policy));
  };
  return {
    use({ networks, distances }: PathwayFile): void {
      const reading = readNetworkMap(
        networks.map(({ cidr, region }) => ({ network: cidr, region })),
      );
      // The file's own reader has refused what is no network, and what stands twice.
      if (!reading.ok) throw new TypeError(`Network ${reading.network}: ${reading.reason}`);
      map = reading.map;
      configured = distances;
      named = new Set([
        ...networks.map(({ region }) => region),
        ...distances.flatMap(({ from, to }) => [from, to]),
      ]);
      publish();
    },
    regionOfAddress: (address: string): string | undefined => regionOfAddress(map, address),
    /** From a viewer's region to a node's, as a player measured it. */
    noteRoundTrip(pair: RegionPair, ms: number): void {
      const noted = noteRoundTrip(trips, { pair, ms }, policy, isKnown);
      hasNewTrips ||= noted !== trips;
      trips = noted;
    },
    /** Lets the ranking know what has been measured of late. */
    settle(): void {
      if (hasNewTrips) publish();
    },
  };
}
