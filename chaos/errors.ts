/** Every error the chaos service answers with. The code is the contract; the wording is not. */
import createError from "@fastify/error";

export const NOT_FOUND_CODE = "CHAOS_NOT_FOUND";
/** Of the 503 that `status-503` answers with, in the place of an upstream. */
export const UNAVAILABLE_CODE = "CHAOS_UNAVAILABLE";
/** Of the 404 that `status-404` answers with. */
export const MISSING_CODE = "CHAOS_MISSING";

export const UnknownTarget = createError(
  "CHAOS_UNKNOWN_TARGET",
  "There is no target %s; the targets are %s",
  404,
);
export const UnknownFault = createError("CHAOS_UNKNOWN_FAULT", "%s", 400);
export const BadParameter = createError("CHAOS_BAD_PARAMETER", "%s", 400);
