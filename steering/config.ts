/** Every setting of the steering service, with its default. */
import ipaddr from "ipaddr.js";
import { type Static, Type } from "typebox";
import {
  AdvertiseSetting,
  HostSetting,
  LogLevelSetting,
  NamedBaseUrl,
  portSetting,
  tokenSetting,
} from "../chassis/settings.ts";

export const SteeringConfig = Type.Object({
  host: HostSetting,
  port: portSetting(4101),
  advertise: AdvertiseSetting,
  sources: Type.Array(NamedBaseUrl, {
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
    form: "a path that begins with /",
    maxLength: 1_024,
    default: "/synthetic/65536/probe",
    description: "an object of the origin that appliances must be able to serve",
  }),
  history: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: "file for what happened and the last known fleet; without it a restart forgets",
    }),
  ),
  pathways: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: "YAML file of pathways that are not ours: real CDNs, networks, distances",
    }),
  ),
  trustedProxies: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    default: [],
    maxItems: 64,
    orEnv: "UNDERSTUDY_TRUSTED_PROXIES",
    description: "CIDRs of the proxies before it whose X-Forwarded-For is believed, with commas",
  }),
  logLevel: LogLevelSetting,
  token: tokenSetting(
    "bearer token that appliances and operators must show; without it no registrations and no overrides",
  ),
  sessionKey: Type.Optional(
    Type.String({
      env: "UNDERSTUDY_SESSION_KEY",
      pattern: "^[^,\\s]{16,256}(,[^,\\s]{16,256}){0,7}$",
      form: "of 16 to 256 characters without spaces; up to 8 of them, with commas between",
      description:
        "signs the viewers' sessions; with commas, the first signs and all are believed; without it one is drawn at every start",
    }),
  ),
});
export type SteeringConfig = Static<typeof SteeringConfig>;

/** The first one signs; all of them are believed, so that keys can be changed while viewers watch. */
export function readSessionKeys(sessionKey: string): readonly Buffer[] {
  return sessionKey.split(",").map((key) => Buffer.from(key));
}

/** `name=URL` → name and base URL. A name that stands twice is refused by the caller. */
export function readSources(sources: SteeringConfig["sources"]): ReadonlyMap<string, string> {
  return new Map(
    sources.map((entry) => {
      const [name = "", url = ""] = entry.split("=");
      return [name, url];
    }),
  );
}

/** Those among the trusted proxies that are neither an address nor a network. All of the internet is none. */
export function unusableProxies(proxies: SteeringConfig["trustedProxies"]): readonly string[] {
  return proxies.filter((proxy) => {
    const [, bits = "1"] = proxy.split("/");
    const isNetwork =
      ipaddr.IPv4.isValidCIDRFourPartDecimal(proxy) || ipaddr.IPv6.isValidCIDR(proxy);
    const isAddress = ipaddr.IPv4.isValidFourPartDecimal(proxy) || ipaddr.IPv6.isValid(proxy);
    return (!isNetwork && !isAddress) || Number(bits) === 0;
  });
}

/**
 * The map of networks may see nobody but a proxy: viewers come by TLS, which steering does not speak itself,
 * so that somebody stands before it, of whom it has not been told.
 */
export function mayTakeProxyForViewers(
  { advertise = "", trustedProxies }: Pick<SteeringConfig, "advertise" | "trustedProxies">,
  networks: readonly unknown[],
): boolean {
  return networks.length > 0 && trustedProxies.length === 0 && /^https:/i.test(advertise);
}
