/** Opens a connection to what stands behind a proxy. */
import { connect, type Socket } from "node:net";

export type UpstreamAddress = {
  /** As it was given. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
};

export function connectTo({ host, port }: UpstreamAddress): Socket {
  // Each side ends when it has ended: a half-closed connection is still one.
  return connect({ host, port, allowHalfOpen: true, noDelay: true });
}
