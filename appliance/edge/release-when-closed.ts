/**
 * Gives back what was lent for an answer when that is over: its last byte has left for the socket, or
 * the client has. Not before, because the buffer is then used for something else.
 */
import type { ServerResponse } from "node:http";
import type { LentObject } from "../store/cache-store.ts";

export function releaseWhenClosed(response: ServerResponse, object: LentObject): void {
  if (isClosed(response)) object.release();
  else response.once("close", () => object.release());
}

/** A response over HTTP/2 does not say that it is closed; its stream does. */
function isClosed(response: ServerResponse & { readonly stream?: unknown }): boolean {
  if (response.closed) return true;
  const { stream } = response;
  return typeof stream === "object" && stream !== null && "destroyed" in stream
    ? stream.destroyed === true
    : false;
}
