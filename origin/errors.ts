/** Every error the origin answers with. The code is the contract; the wording is not. */
import createError from "@fastify/error";

/** For a path that no route has; the app answers it as problem details. */
export const NOT_FOUND_CODE = "ORIGIN_NOT_FOUND";

export const UnknownAddress = createError(NOT_FOUND_CODE, "Nothing is here", 404);
export const UnknownTitle = createError("ORIGIN_UNKNOWN_TITLE", "No title is named %s", 404);
export const UnknownPath = createError("ORIGIN_UNKNOWN_PATH", "Title %s has nothing at %s", 404);
export const UnknownChannel = createError("ORIGIN_UNKNOWN_CHANNEL", "No channel is named %s", 404);
export const UnknownLivePath = createError(
  "ORIGIN_UNKNOWN_LIVE_PATH",
  "Channel %s has nothing at %s",
  404,
);
export const SegmentNotYet = createError(
  "ORIGIN_SEGMENT_NOT_YET",
  "Segment %s has not been shown yet",
  404,
);
export const SegmentGone = createError("ORIGIN_SEGMENT_GONE", "Segment %s is no longer kept", 404);
/** This machine's clock stands before the epoch of all channels. */
export const NotOnAir = createError("ORIGIN_NOT_ON_AIR", "Channel %s has not begun yet", 503);
export const BadSynthetic = createError(
  "ORIGIN_BAD_SYNTHETIC",
  "A synthetic object is /synthetic/<bytes, 0 to %s>/<id of 1 to 64 letters, digits, dots, hyphens, underscores>",
  404,
);
export const PreconditionFailed = createError(
  "ORIGIN_PRECONDITION_FAILED",
  "The representation has another ETag",
  412,
);
export const RangeNotSatisfiable = createError(
  "ORIGIN_RANGE_NOT_SATISFIABLE",
  "The range begins beyond the last of %s bytes",
  416,
);
/** Serving it would contradict the digest that was announced, so it is not served. */
export const FileChanged = createError(
  "ORIGIN_FILE_CHANGED",
  "%s changed since the origin started; start it again",
  500,
);
