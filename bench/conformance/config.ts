/** What `npm run conformance` can be told. */
import { type Static, Type } from "typebox";
import { PEER_NAMES } from "../systems/peer.ts";

export const ConformanceConfig = Type.Object({
  json: Type.Optional(
    Type.String({ minLength: 1, description: "file to write the result to, as JSON" }),
  ),
  suite: Type.Optional(
    Type.String({ minLength: 1, description: "another checkout of http-cache-tests" }),
  ),
  peer: Type.Optional(
    Type.Union(
      [...PEER_NAMES, "none" as const].map((name) => Type.Literal(name)),
      {
        description: `instead of an appliance: ${PEER_NAMES.join(", ")}, or none for no cache at all`,
      },
    ),
  ),
});
export type ConformanceConfig = Static<typeof ConformanceConfig>;

/** It pauses for seconds where an answer must become stale: half a minute, mostly. */
export const SUITE_LIMIT_MS = 300_000;
