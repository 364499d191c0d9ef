/** Every setting of the steering service, with its default. */
import { type Static, Type } from "typebox";
import {
  AdvertiseSetting,
  HostSetting,
  LogLevelSetting,
  portSetting,
  tokenSetting,
} from "../chassis/settings.ts";

export const SteeringConfig = Type.Object({
  host: HostSetting,
  port: portSetting(4101),
  advertise: AdvertiseSetting,
  sources: Type.Array(Type.String({ pattern: "^[a-z0-9-]{1,32}=https?://[^/?#@\\s,=]+$" }), {
    minItems: 1,
    maxItems: 32,
    description: "name=URL of the origins to steer, with commas; probes are measured by the first",
  }),
  profile: Type.Union([Type.Literal("production"), Type.Literal("demo")], {
    default: "production",
    description: "how patient: production or demo",
  }),
  probePath: Type.String({
    pattern: "^/[!-~]*$",
    maxLength: 1_024,
    default: "/synthetic/65536/probe",
    description: "an object of the origin that appliances must be able to serve",
  }),
  logLevel: LogLevelSetting,
  token: tokenSetting("bearer token that appliances must show; without it none can register"),
  sessionKey: Type.Optional(
    Type.String({
      env: "UNDERSTUDY_SESSION_KEY",
      minLength: 16,
      description: "signs the viewers' sessions; without it one is drawn at every start",
    }),
  ),
});
export type SteeringConfig = Static<typeof SteeringConfig>;

/** `name=URL` → name and base URL. A name that stands twice is refused by the caller. */
export function readSources(sources: SteeringConfig["sources"]): ReadonlyMap<string, string> {
  return new Map(
    sources.map((entry) => {
      const [name = "", url = ""] = entry.split("=");
      return [name, url];
    }),
  );
}
