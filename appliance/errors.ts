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
export const OriginUnavailable = createError(
  "EDGE_ORIGIN_UNAVAILABLE",
  "The origin cannot serve at present: %s",
  503,
);
export const NotCached = createError("EDGE_NOT_CACHED", "Nothing that suits is stored", 504);
export const BodyTooLarge = createError(
  "EDGE_BODY_TOO_LARGE",
  "A request may bring %s bytes along",
  413,
);
export const TooBusy = createError("EDGE_TOO_BUSY", "Too many origin requests under way", 503);
export const Loop = createError("EDGE_LOOP", "This request has been here before", 508);
export const BadPurge = createError("EDGE_BAD_PURGE", "Nothing is purged: %s", 400);
export const TooManyFields = createError(
  "EDGE_TOO_MANY_FIELDS",
  "A header may have %s fields",
  431,
);
export const TwoHosts = createError("EDGE_TWO_HOSTS", "A request is for one host", 400);
export const AtCapacity = createError(
  "EDGE_AT_CAPACITY",
  "The appliance sends as much as it may, and takes no new sessions",
  503,
);
export const BadFill = createError("EDGE_BAD_FILL", "Nothing is filled: %s", 400);
export const TooManyFills = createError("EDGE_TOO_MANY_FILLS", "No job more: %s", 429);
export const UnknownFill = createError("EDGE_UNKNOWN_FILL", "No fill is named %s", 404);
