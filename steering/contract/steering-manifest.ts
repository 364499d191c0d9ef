/**
 * The steering manifest as players receive it, for HLS and for DASH. Names and units are those of
 * draft-pantos-content-steering and of ETSI TS 103 998 (DASH), which share one body.
 */
import { type Static, Type } from "typebox";

export const STEERING_MANIFEST_PATH = "/v1/steer/hls";
export const STEERING_MANIFEST_TYPE = "application/vnd.apple.steering-list";
export const DASH_STEERING_PATH = "/v1/steer/dash";
export const DASH_STEERING_TYPE = "application/json";

/** Where the streams of a clone are; the maps supersede HOST and PARAMS (HLS only). */
export const UriReplacement = Type.Object({
  HOST: Type.Optional(Type.String({ description: "a host name without a port" })),
  PARAMS: Type.Optional(Type.Record(Type.String(), Type.String())),
  "PER-VARIANT-URIS": Type.Optional(Type.Record(Type.String(), Type.String())),
  "PER-RENDITION-URIS": Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type UriReplacement = Static<typeof UriReplacement>;

export const PathwayClone = Type.Object({
  "BASE-ID": Type.String(),
  ID: Type.String(),
  "URI-REPLACEMENT": UriReplacement,
});
export type PathwayClone = Static<typeof PathwayClone>;

export const SteeringManifest = Type.Object({
  VERSION: Type.Literal(1),
  TTL: Type.Integer({ minimum: 1, description: "seconds until the player asks again" }),
  "RELOAD-URI": Type.Optional(Type.String()),
  /** hls.js cannot switch on a list of one, so at least two wherever two are known. */
  "PATHWAY-PRIORITY": Type.Array(Type.String(), { minItems: 1, uniqueItems: true }),
  /** Nodes that joined after the session got its playlist. */
  "PATHWAY-CLONES": Type.Optional(Type.Array(PathwayClone)),
});
export type SteeringManifest = Static<typeof SteeringManifest>;
