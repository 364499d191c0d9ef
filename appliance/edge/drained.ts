/** Resolves when the client has taken what was written, or is gone. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";

export async function drained(response: ServerResponse): Promise<void> {
  // An answer that waits for its turn hears of every piece that the client has taken.
  while (!response.destroyed && response.writableNeedDrain) await somethingTaken(response);
}

async function somethingTaken(response: ServerResponse): Promise<void> {
  const waiting = new AbortController();
  try {
    await Promise.race([
      once(response, "drain", { signal: waiting.signal }),
      once(response, "close", { signal: waiting.signal }),
    ]);
  } finally {
    waiting.abort();
  }
}
