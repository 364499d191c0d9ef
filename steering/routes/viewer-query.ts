/** Reads what viewers write into the query, whatever it looks like: nobody is refused for it. */
import { Value } from "typebox/value";
import { RegionName } from "../contract/appliance-lease.ts";

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
