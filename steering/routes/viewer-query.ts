/**
 * Reads what players write into the query, whatever it looks like: a viewer is never refused for it.
 *
 * The specification quotes the pathway (`_HLS_pathway="a"`), hls.js, Shaka and VHS do not.
 * `_HLS_throughput` is not read yet, and above 2 Gbit/s hls.js sends a negative one.
 */
import { Value } from "typebox/value";
import { ApplianceId, RegionName } from "../contract/appliance-lease.ts";

/** The first one where the parameter is repeated. */
export function textOfQuery(query: unknown, name: string): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}

export function regionOfQuery(query: unknown): string | undefined {
  const region = textOfQuery(query, "region");
  return Value.Check(RegionName, region) ? region : undefined;
}

export function pathwayOfQuery(query: unknown): string | undefined {
  const pathway = textOfQuery(query, "_HLS_pathway")?.replace(/^"(.*)"$/, "$1");
  return Value.Check(ApplianceId, pathway) ? pathway : undefined;
}
