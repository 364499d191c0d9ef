/** Every error the appliance answers with. The code is the contract; the wording is not. */
import createError from "@fastify/error";

export const NotFound = createError("EDGE_NOT_FOUND", "The appliance has no %s", 404);
export const MethodNotAllowed = createError(
  "EDGE_METHOD_NOT_ALLOWED",
  "%s is not served here",
  405,
);
export const RangeNotSatisfiable = createError(
  "EDGE_RANGE_NOT_SATISFIABLE",
  "The object has %s bytes",
  416,
);
export const OriginFailed = createError("EDGE_ORIGIN_FAILED", "The origin failed: %s", 502);
export const OriginTimeout = createError("EDGE_ORIGIN_TIMEOUT", "The origin was silent: %s", 504);
export const TooBusy = createError("EDGE_TOO_BUSY", "Too many origin requests under way", 503);
export const Loop = createError("EDGE_LOOP", "This request has been here before", 508);
