/**
 * Finds the region of an address in a map of networks (CIDR): the longest prefix wins, as in routing.
 *
 * One table per prefix length, so an address costs a look-up for each length in use and not for each
 * network.
 */
import ipaddr from "ipaddr.js";

export type NetworkEntry = { readonly network: string; readonly region: string };

export type NetworkMap = {
  readonly v4: readonly PrefixTable[];
  readonly v6: readonly PrefixTable[];
};

type PrefixTable = { readonly bits: number; readonly regions: ReadonlyMap<string, string> };

export type NetworkMapReading =
  | { readonly ok: true; readonly map: NetworkMap }
  | { readonly ok: false; readonly reason: "no-network" | "twice"; readonly network: string };

export const NO_NETWORKS: NetworkMap = { v4: [], v6: [] };

export function readNetworkMap(entries: readonly NetworkEntry[]): NetworkMapReading {
  const tables = {
    v4: new Map<number, Map<string, string>>(),
    v6: new Map<number, Map<string, string>>(),
  };
  for (const { network, region } of entries) {
    if (!ipaddr.isValidCIDR(network)) return { ok: false, reason: "no-network", network };
    const { address, bits } = readNetwork(network);
    const byLength = address.kind() === "ipv4" ? tables.v4 : tables.v6;
    const regions = byLength.get(bits) ?? new Map<string, string>();
    const prefix = prefixOf(address.toByteArray(), bits);
    if (regions.has(prefix)) return { ok: false, reason: "twice", network };
    byLength.set(bits, regions.set(prefix, region));
  }
  return { ok: true, map: { v4: longestFirst(tables.v4), v6: longestFirst(tables.v6) } };
}

/** Undefined for an address in none of the networks, and for what is no address. */
export function regionOfAddress(map: NetworkMap, text: string): string | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  // As IPv4 if it is that written as IPv6 (::ffff:192.0.2.1).
  const address = ipaddr.process(text);
  const bytes = address.toByteArray();
  for (const { bits, regions } of address.kind() === "ipv4" ? map.v4 : map.v6) {
    const region = regions.get(prefixOf(bytes, bits));
    if (region !== undefined) return region;
  }
  return undefined;
}

/** As IPv4 if it is that written as IPv6, since addresses are read so too. */
function readNetwork(network: string) {
  const [address, bits] = ipaddr.parseCIDR(network);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS) {
    return { address: address.toIPv4Address(), bits: bits - MAPPED_BITS };
  }
  return { address, bits };
}

const MAPPED_BITS = 96;

function longestFirst(byLength: ReadonlyMap<number, ReadonlyMap<string, string>>): PrefixTable[] {
  return Array.from(byLength, ([bits, regions]) => ({ bits, regions })).toSorted(
    (a, b) => b.bits - a.bits,
  );
}

/** The first bits of an address, as a text to look up. */
function prefixOf(bytes: readonly number[], bits: number): string {
  const whole = bits >> 3;
  const rest = bits & 7;
  const head = bytes.slice(0, whole);
  return (rest === 0 ? head : [...head, (bytes[whole] ?? 0) & (0xff << (8 - rest))]).join(".");
}
