/** What the chaos service can be told at its start, and its limits. */
import { type Static, Type } from "typebox";
import { HostSetting, LogLevelSetting, portSetting, tokenSetting } from "../chassis/settings.ts";
import type { UpstreamAddress } from "./proxy/connect-upstream.ts";
import type { ProxyPolicy } from "./proxy/fault-proxy.ts";

export const ChaosConfig = Type.Object({
  port: portSetting(4103),
  host: HostSetting,
  advertise: Type.Optional(
    Type.String({
      pattern: "^(?:[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])$",
      form: "a host name or an address, without scheme and port",
      description: "host name that viewers use for the proxies, if it is another",
    }),
  ),
  targets: Type.Array(
    Type.String({
      // `.` and `..` are no names that a URL can hold.
      pattern: "^(?!\\.{1,2}@)[A-Za-z0-9._-]{1,64}@\\d{1,5}=http://[^/?#@\\s,=]+$",
      form: "name@listenPort=http://host[:port], no path",
      dropsFinalSlash: true,
    }),
    {
      minItems: 1,
      maxItems: 100,
      description: "name@listenPort=http://host:port of what is proxied, with commas between",
    },
  ),
  logLevel: LogLevelSetting,
  token: tokenSetting("bearer token for setting faults; without it nobody can"),
});
export type ChaosConfig = Static<typeof ChaosConfig>;

export type Target = {
  readonly name: string;
  readonly listenPort: number;
  readonly upstream: UpstreamAddress;
};

export type TargetsReading =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly flaw: string };

const HIGHEST_PORT = 65_535;
const TARGET = /^([^@]+)@(\d+)=(.+)$/;

/** @param entries as the schema lets them through. @param apiPort which no proxy can have. */
export function readTargets(entries: readonly string[], apiPort: number): TargetsReading {
  const targets: Target[] = [];
  for (const entry of entries) {
    const [, name = "", port = "", url = ""] = TARGET.exec(entry) ?? [];
    const listenPort = Number(port);
    if (listenPort > HIGHEST_PORT) return flaw(`${name} cannot have port ${port}`);
    if (!URL.canParse(url)) return flaw(`${url} of ${name} is not a URL`);
    if (targets.some((other) => other.name === name)) return flaw(`${name} stands twice`);
    const isTaken = listenPort === apiPort || targets.some((t) => t.listenPort === listenPort);
    if (listenPort !== 0 && isTaken) return flaw(`port ${port} stands twice`);
    targets.push({ name, listenPort, upstream: readUpstream(url) });
  }
  return { ok: true, targets };
}

function flaw(text: string): TargetsReading {
  return { ok: false, flaw: `--targets: ${text}.` };
}

function readUpstream(url: string): UpstreamAddress {
  const { hostname, port } = new URL(url);
  // Sockets take an IPv6 address without its brackets.
  return { url, host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) };
}

export type ChaosPolicy = { readonly tickEveryMs: number; readonly proxy: ProxyPolicy };

export const CHAOS_POLICY: ChaosPolicy = {
  tickEveryMs: 25,
  proxy: {
    maxConnections: 4_096,
    presence: { lookEveryMs: 100 },
    playlists: {
      maxPlaylists: 64,
      maxHeadBytes: 65_536,
      maxBodyBytes: 262_144,
      maxPieces: 1_024,
    },
    relay: {
      maxHeadBytes: 65_536,
      cutUnknownAfterBytes: 1_024,
      pace: { longestGapMs: 100 },
      maxPipelined: 64,
      maxSilentMs: 600_000,
      maxIdleMs: 600_000,
    },
  },
};
