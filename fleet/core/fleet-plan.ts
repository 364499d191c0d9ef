/**
 * Lays out a fleet: which processes there are, on which ports, and with which flags.
 *
 * With chaos, a fault proxy has the address that viewers and probes use, and its appliance listens
 * behind it on loopback alone. Steering's name for the origin is always `demo`. In front of a real
 * origin, our own still serves the site and plays its titles from itself, while steering and the
 * appliances know the real one.
 */
import type { FleetProcess } from "../contract/process-control.ts";

export type FleetWishes = {
  readonly port: number;
  readonly regions: readonly string[];
  readonly appliances: number;
  readonly origin?: string;
  readonly probePath?: string;
  /** Absolute. */
  readonly data: string;
  readonly host: string;
  readonly advertise?: string;
  readonly profile: string;
  /** Whether a fault proxy stands before each appliance. */
  readonly chaos: boolean;
};

export type ListenAddress = { readonly host: string; readonly port: number };

export type PlannedProcess = {
  readonly name: string;
  readonly role: FleetProcess["role"];
  readonly region: string | null;
  readonly port: number;
  /** Every port that it listens on, its own among them. */
  readonly listens: readonly ListenAddress[];
  /** By which viewers reach it. */
  readonly url: string;
  readonly flags: readonly string[];
};

export type FleetPlan = {
  readonly siteUrl: string;
  readonly controlPort: number;
  readonly controlUrl: string;
  /** The chaos service's own API; undefined without one. */
  readonly chaosUrl: string | undefined;
  /** In the order in which they start; they stop in the opposite one. */
  readonly processes: readonly PlannedProcess[];
};

const LOOPBACK = "127.0.0.1";
const FIRST_APPLIANCE = 11;
const EVERY_ADDRESS = ["0.0.0.0", "::", "[::]"];

export function planFleet(wishes: FleetWishes): FleetPlan {
  const viewersHost = wishes.advertise ?? localHost(wishes.host);
  const urlOf = (port: number) => `http://${bracketed(viewersHost)}:${port}`;
  const listen = (port: number) => [
    ["--port", String(port)],
    ["--host", wishes.host],
    ["--advertise", urlOf(port)],
  ];
  const at = (port: number, host = wishes.host) => ({ port, listens: [{ host, port }] });

  const controlPort = wishes.port + 2;
  const chaosPort = wishes.port + 3;
  // Loopback whatever --host says: acts on processes are not for the network.
  const controlUrl = `http://${LOOPBACK}:${controlPort}`;
  const steeringPort = wishes.port + 1;
  const upstream = wishes.origin ?? urlOf(wishes.port);
  const places = placeAppliances(wishes);

  const origin: PlannedProcess = {
    name: "origin",
    role: "origin",
    region: null,
    ...at(wishes.port),
    url: urlOf(wishes.port),
    flags: [
      ...listen(wishes.port),
      ["--steering", urlOf(steeringPort)],
      ["--edges", places.map(({ port }) => urlOf(port)).join(",")],
      ["--fleet", controlUrl],
      ["--sources", wishes.origin === undefined ? "edges" : "self"],
    ].flat(),
  };
  const steering: PlannedProcess = {
    name: "steering",
    role: "steering",
    region: null,
    ...at(steeringPort),
    url: urlOf(steeringPort),
    flags: [
      ...listen(steeringPort),
      ["--sources", `demo=${upstream}`],
      ["--profile", wishes.profile],
      ["--history", `${wishes.data}/steering.sqlite`],
      probeFlag(wishes),
    ].flat(),
  };
  const chaos: PlannedProcess = {
    name: "chaos",
    role: "chaos",
    region: null,
    port: chaosPort,
    listens: [chaosPort, ...places.map(({ port }) => port)].map((port) => ({
      host: wishes.host,
      port,
    })),
    url: urlOf(chaosPort),
    flags: [
      ["--port", String(chaosPort)],
      ["--host", wishes.host],
      ["--advertise", viewersHost],
      ["--targets", places.map(targetOf).join(",")],
    ].flat(),
  };
  const appliances = places.map(({ name, region, port, behindPort }): PlannedProcess => {
    const own = wishes.chaos ? at(behindPort, LOOPBACK) : at(port);
    return {
      name,
      role: "appliance",
      region,
      ...own,
      url: urlOf(port),
      flags: [
        ["--id", name],
        ["--region", region],
        ["--port", String(own.port)],
        ["--host", wishes.chaos ? LOOPBACK : wishes.host],
        ["--advertise", urlOf(port)],
        ["--origin", upstream],
        ["--steering", steering.url],
        ["--cache-folder", `${wishes.data}/cache/${name}`],
        ["--profile", wishes.profile],
      ].flat(),
    };
  });
  return {
    siteUrl: origin.url,
    controlPort,
    controlUrl,
    chaosUrl: wishes.chaos ? `http://${bracketed(localHost(wishes.host))}:${chaosPort}` : undefined,
    processes: [origin, steering, ...(wishes.chaos ? [chaos] : []), ...appliances],
  };
}

type Place = {
  readonly name: string;
  readonly region: string;
  /** Of the address that viewers use. */
  readonly port: number;
  /** Where the appliance itself listens if a fault proxy has the viewers' port. */
  readonly behindPort: number;
};

/** Round and round over the regions, so that every region has one before any has two. */
function placeAppliances({ port, regions, appliances }: FleetWishes): readonly Place[] {
  return Array.from({ length: appliances }, (_, place) => {
    const region = regions[place % regions.length] ?? "";
    const number = Math.floor(place / regions.length) + 1;
    const viewersPort = port + FIRST_APPLIANCE + place;
    return {
      name: `${region}-${number}`,
      region,
      port: viewersPort,
      behindPort: viewersPort + appliances,
    };
  });
}

function targetOf({ name, port, behindPort }: Place): string {
  return `${name}@${port}=http://${LOOPBACK}:${behindPort}`;
}

/** A real origin has none of our synthetic objects to probe with. */
function probeFlag({ origin, probePath }: FleetWishes): string[] {
  if (origin === undefined && probePath === undefined) return [];
  return ["--probe-path", probePath ?? "/"];
}

/** By which a process of this machine reaches what listens on `host`. */
function localHost(host: string): string {
  return isEveryAddress(host) ? LOOPBACK : host;
}

function isEveryAddress(host: string): boolean {
  return EVERY_ADDRESS.includes(host);
}

function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
