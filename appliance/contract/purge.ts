/**
 * How an operator, or the origin's publishing system, takes something out of the cache before its time.
 *
 * `POST /_appliance/purge` with the fleet's bearer token. What may not be purged is refused with 400
 * `EDGE_BAD_PURGE`; to purge what is not there is no error and answers `purged: 0`.
 */
import { type Static, Type } from "typebox";
import { APPLIANCE_PREFIX } from "./appliance-status.ts";

export const PURGE_PATH = `${APPLIANCE_PREFIX}/purge`;
export const MAX_PURGE_TARGETS = 256;

const MAX_TARGET_LENGTH = 4096;

const target = (description: string) => {
  const one = Type.String({ minLength: 1, maxLength: MAX_TARGET_LENGTH });
  const several = Type.Array(one, { minItems: 1, maxItems: MAX_PURGE_TARGETS });
  return Type.Optional(Type.Union([one, several], { description }));
};

/** Exactly one of the first four. */
export const PurgeRequest = Type.Object(
  {
    url: target(
      "an object in all its variants and slices, as viewers name it; the host is ignored",
    ),
    path: target("the same without scheme and host"),
    prefix: target("every object of which the path begins so"),
    tag: target("every object that bears it in `Surrogate-Key` or `Cache-Tag`"),
    soft: Type.Optional(
      Type.Boolean({
        description:
          "only make it stale: revalidated when next asked for, and there in an emergency",
      }),
    ),
  },
  { additionalProperties: false },
);
export type PurgeRequest = Static<typeof PurgeRequest>;

export const PurgeAnswer = Type.Object({
  mode: Type.Union([Type.Literal("hard"), Type.Literal("soft")]),
  purged: Type.Integer({
    minimum: 0,
    description: "entries removed or made stale, slices included",
  }),
  isDurable: Type.Boolean({
    description:
      "false where the disk was too slow, or not looked through yet, to promise that no crash brings it back",
  }),
  scanned: Type.Integer({ minimum: 0, description: "entries looked at in each tier" }),
});
export type PurgeAnswer = Static<typeof PurgeAnswer>;
