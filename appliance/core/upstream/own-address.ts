/**
 * Finds out whether an appliance was told to fill from itself: it would ask itself for what it has not,
 * wait for its own answer, and serve nothing.
 *
 * What it can know before it listens are the addresses it was given. A way round over others is found
 * by `Via` once a request comes back.
 */
export type OwnAddresses = {
  readonly host: string;
  /** 0 where the system chooses. */
  readonly port: number;
  readonly advertise: string | undefined;
};

export function isOwnAddress(upstream: URL, { host, port, advertise }: OwnAddresses): boolean {
  if (advertise !== undefined && new URL(advertise).origin === upstream.origin) return true;
  if (port === 0 || portOf(upstream) !== port) return false;
  const name = upstream.hostname.replace(/^\[|\]$/g, "");
  if (name === host) return true;
  return isThisMachine(name) && (isThisMachine(host) || ANY_ADDRESS.has(host));
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

function isThisMachine(name: string): boolean {
  return name === "localhost" || name === "::1" || /^127\./.test(name) || ANY_ADDRESS.has(name);
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}
