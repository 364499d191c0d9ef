/**
 * How an operator has a whole title brought into the cache before anybody watches it.
 *
 * `POST /_appliance/fill` with the fleet's bearer token answers 202 with the job; `GET` of its path tells
 * how it goes on, `DELETE` cancels it, and `GET /_appliance/fill` lists all. What may not be filled is
 * refused with 400 `EDGE_BAD_FILL`, one job too many with 429 `EDGE_TOO_MANY_FILLS`, and a job that nobody
 * knows is 404 `EDGE_UNKNOWN_FILL`.
 */
import { type Static, Type } from "typebox";
import { APPLIANCE_PREFIX } from "./appliance-status.ts";

export const FILL_PATH = `${APPLIANCE_PREFIX}/fill`;
export const MAX_FILL_TARGETS = 256;

const MAX_TARGET_LENGTH = 4096;
const TIME_OF_DAY = "^(?:[01]\\d|2[0-3]):[0-5]\\d$";

const target = (description: string) => {
  const one = Type.String({ minLength: 1, maxLength: MAX_TARGET_LENGTH });
  const several = Type.Array(one, { minItems: 1, maxItems: MAX_FILL_TARGETS });
  return Type.Optional(Type.Union([one, several], { description }));
};
const timeOfDay = (description: string) => Type.String({ pattern: TIME_OF_DAY, description });
const count = (description: string) => Type.Integer({ minimum: 0, description });

/** Exactly one of the first two. */
export const FillRequest = Type.Object(
  {
    url: target("a playlist, which is followed, or any object; the host is ignored"),
    path: target("the same without scheme and host"),
    mebibitsPerSecond: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: "no faster than this" }),
    ),
    window: Type.Optional(
      Type.Object(
        {
          from: timeOfDay("UTC, such as 01:30"),
          to: timeOfDay("UTC; earlier than `from` where the window spans midnight"),
        },
        { additionalProperties: false, description: "nothing is begun outside these hours" },
      ),
    ),
    maxBandwidth: Type.Optional(
      Type.Integer({ minimum: 1, description: "variants above this BANDWIDTH are left out" }),
    ),
  },
  { additionalProperties: false },
);
export type FillRequest = Static<typeof FillRequest>;

export const FillJobState = Type.Union([
  Type.Literal("running"),
  Type.Literal("done"),
  Type.Literal("cancelled"),
]);
export type FillJobState = Static<typeof FillJobState>;

export const FillJobReport = Type.Object({
  id: Type.String(),
  state: FillJobState,
  waitingFor: Type.Union(
    [
      Type.Literal("nothing"),
      Type.Literal("window"),
      Type.Literal("bandwidth"),
      Type.Literal("idle-origin"),
    ],
    { description: "why a running job begins nothing at the moment" },
  ),
  objects: Type.Object({
    known: count("found so far; final once the job is done"),
    filled: count("brought from the origin"),
    alreadyStored: count("fresh in the cache before"),
    failed: count("given up"),
    skipped: count("references that lead to another host"),
    beyondLimit: count("left out, since the job has as many objects as it may"),
  }),
  bytes: Type.Object({ filled: count("brought from the origin") }),
  failures: Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }), {
    description: "the first of them",
  }),
});
export type FillJobReport = Static<typeof FillJobReport>;

export const FillJobList = Type.Object({ jobs: Type.Array(FillJobReport) });
export type FillJobList = Static<typeof FillJobList>;
