/**
 * Lays out a fleet: which processes there are, on which ports, and with which flags.
 *
 * Steering's name for the origin is always `demo`. In front of a real origin, our own still serves
 * the site and plays its titles from itself, while steering and the appliances know the real one.
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
};

export type PlannedProcess = {
  readonly name: string;
  readonly role: FleetProcess["role"];
  readonly region: string | null;
  readonly port: number;
  /** By which viewers reach it. */
  readonly url: string;
  readonly flags: readonly string[];
};

export type FleetPlan = {
  readonly siteUrl: string;
  readonly controlPort: number;
  readonly controlUrl: string;
  /** In the order in which they start; they stop in the opposite one. */
  readonly processes: readonly PlannedProcess[];
};

const FIRST_APPLIANCE = 11;
const EVERY_ADDRESS = ["0.0.0.0", "::", "[::]"];

export function planFleet(wishes: FleetWishes): FleetPlan {
  const viewersHost = wishes.advertise ?? (isEveryAddress(wishes.host) ? "127.0.0.1" : wishes.host);
  const urlOf = (port: number) => `http://${bracketed(viewersHost)}:${port}`;
  const listen = (port: number) => [
    ["--port", String(port)],
    ["--host", wishes.host],
    ["--advertise", urlOf(port)],
  ];

  const controlPort = wishes.port + 2;
  // Loopback whatever --host says: acts on processes are not for the network.
  const controlUrl = `http://127.0.0.1:${controlPort}`;
  const steeringPort = wishes.port + 1;
  const upstream = wishes.origin ?? urlOf(wishes.port);
  const appliances = placeAppliances(wishes).map((place) => ({ ...place, url: urlOf(place.port) }));

  const origin: PlannedProcess = {
    name: "origin",
    role: "origin",
    region: null,
    port: wishes.port,
    url: urlOf(wishes.port),
    flags: [
      ...listen(wishes.port),
      ["--steering", urlOf(steeringPort)],
      ["--edges", appliances.map(({ url }) => url).join(",")],
      ["--fleet", controlUrl],
      ["--sources", wishes.origin === undefined ? "edges" : "self"],
    ].flat(),
  };
  const steering: PlannedProcess = {
    name: "steering",
    role: "steering",
    region: null,
    port: steeringPort,
    url: urlOf(steeringPort),
    flags: [
      ...listen(steeringPort),
      ["--sources", `demo=${upstream}`],
      ["--profile", wishes.profile],
      probeFlag(wishes),
    ].flat(),
  };
  return {
    siteUrl: origin.url,
    controlPort,
    controlUrl,
    processes: [
      origin,
      steering,
      ...appliances.map((appliance) => ({
        ...appliance,
        role: "appliance" as const,
        flags: [
          ["--id", appliance.name],
          ["--region", appliance.region],
          ...listen(appliance.port),
          ["--origin", upstream],
          ["--steering", steering.url],
          ["--cache-folder", `${wishes.data}/cache/${appliance.name}`],
          ["--profile", wishes.profile],
        ].flat(),
      })),
    ],
  };
}

/** Round and round over the regions, so that every region has one before any has two. */
function placeAppliances({ port, regions, appliances }: FleetWishes) {
  return Array.from({ length: appliances }, (_, place) => {
    const region = regions[place % regions.length] ?? "";
    const number = Math.floor(place / regions.length) + 1;
    return { name: `${region}-${number}`, region, port: port + FIRST_APPLIANCE + place };
  });
}

/** A real origin has none of our synthetic objects to probe with. */
function probeFlag({ origin, probePath }: FleetWishes): string[] {
  if (origin === undefined && probePath === undefined) return [];
  return ["--probe-path", probePath ?? "/"];
}

function isEveryAddress(host: string): boolean {
  return EVERY_ADDRESS.includes(host);
}

function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
