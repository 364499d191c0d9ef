/** Every error the steering service answers with. The code is the contract; the wording is not. */
import createError from "@fastify/error";

export const UnknownSource = createError("STEER_UNKNOWN_SOURCE", "No source is named %s", 404);
export const NotAPlaylistPath = createError(
  "STEER_NOT_A_PLAYLIST_PATH",
  "Only a path of at most %s characters that ends in .m3u8 or .mpd can be played",
  404,
);
export const UnknownTitle = createError("STEER_UNKNOWN_TITLE", "The source has nothing at %s", 404);
export const BadPlaylist = createError(
  "STEER_BAD_PLAYLIST",
  "What the source has at %s is neither a multivariant playlist nor an MPD",
  502,
);
export const SourceUnavailable = createError(
  "STEER_SOURCE_UNAVAILABLE",
  "Cannot get %s from its source nor from an appliance: %s",
  502,
);
export const NoAppliance = createError(
  "STEER_NO_APPLIANCE",
  "No appliance has registered yet; try again shortly",
  503,
);

export const UnknownAppliance = createError(
  "STEER_UNKNOWN_APPLIANCE",
  "No lease is held for %s: register again",
  404,
);
/** For whoever looks, and has no lease to take. */
export const NobodyCalled = createError(
  "STEER_UNKNOWN_APPLIANCE",
  "Neither an appliance nor a pathway of the file is named %s: see /v1/fleet",
  404,
);
export const Superseded = createError(
  "STEER_SUPERSEDED",
  "Another process has taken the lease of %s",
  409,
);
export const StaleHeartbeat = createError(
  "STEER_STALE_HEARTBEAT",
  "A later heartbeat of %s has come already",
  409,
);
export const Flapping = createError(
  "STEER_FLAPPING",
  "%s has begun too many lives of late; try again later",
  409,
);
export const IdTaken = createError(
  "STEER_ID_TAKEN",
  "Cannot register %s: a pathway that is no appliance has this id",
  409,
);
export const FleetFull = createError(
  "STEER_FLEET_FULL",
  "Cannot register %s: the fleet is full",
  503,
);
export const BadApplianceUrl = createError(
  "STEER_BAD_APPLIANCE_URL",
  "The address of %s is not one that a viewer can use",
  400,
);

export const BadReport = createError(
  "STEER_BAD_REPORT",
  "Cannot read any line of this body as CMCD",
  400,
);

export const BadMoment = createError(
  "STEER_BAD_MOMENT",
  "Cannot use %s as a moment (milliseconds since 1970, or an ISO 8601 date with its zone): %s",
  400,
);
export const NotRecorded = createError(
  "STEER_NOT_RECORDED",
  "Nothing is recorded of %s: the record begins at %s",
  404,
);
export const TooManyListeners = createError(
  "STEER_TOO_MANY_LISTENERS",
  "As many listen already as may (%s): try again later",
  503,
);

export const UnknownNode = createError("STEER_UNKNOWN_NODE", "No node is named %s", 404);
export const LastNode = createError(
  "STEER_LAST_NODE",
  "%s is the last node that could serve viewers: nobody would be left. Set `force` to do it all the same",
  409,
);
export const BadSession = createError(
  "STEER_BAD_SESSION",
  "This is no session token of a viewer: %s",
  400,
);
export const NothingToExplain = createError(
  "STEER_NOTHING_TO_EXPLAIN",
  "Say which title: `path`, or a `session` token",
  400,
);
/** Never of a manifest or a play: players do not survive it. */
export const TooOften = createError(
  "STEER_TOO_OFTEN",
  "This question is dear to answer: ask it less often",
  429,
);
