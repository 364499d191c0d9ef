/** Every setting of the steering service, with its default. */
import { type Static, Type } from "typebox";

export const SteeringConfig = Type.Object({
  host: Type.String({ default: "127.0.0.1", description: "address to listen on" }),
  port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 4101,
    description: "port, 0 for any",
  }),
  advertise: Type.Optional(
    Type.String({
      pattern: "^https?://[^/?#@\\s]+$",
      description: "base URL that viewers use, if it is another",
    }),
  ),
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
  logLevel: Type.Union(
    ["debug", "info", "warn", "error", "silent"].map((level) => Type.Literal(level)),
    { default: "info", description: "debug, info, warn, error or silent" },
  ),
  token: Type.Optional(
    Type.String({
      env: "UNDERSTUDY_TOKEN",
      minLength: 16,
      description: "bearer token that appliances must show; without it none can register",
    }),
  ),
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
