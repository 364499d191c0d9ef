/** The steering manifest as players receive it. Names and units are those of HLS Content Steering. */
import { type Static, Type } from "typebox";

export const STEERING_MANIFEST_PATH = "/v1/steer/hls";
export const STEERING_MANIFEST_TYPE = "application/vnd.apple.steering-list";

export const SteeringManifest = Type.Object({
  VERSION: Type.Literal(1),
  TTL: Type.Integer({ minimum: 1, description: "seconds until the player asks again" }),
  "RELOAD-URI": Type.Optional(Type.String()),
  /** hls.js cannot switch on a list of one, so at least two wherever two are known. */
  "PATHWAY-PRIORITY": Type.Array(Type.String(), { minItems: 1, uniqueItems: true }),
});
export type SteeringManifest = Static<typeof SteeringManifest>;
