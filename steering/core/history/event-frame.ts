/**
 * An event of the fleet as a frame of `text/event-stream` (HTML standard, server-sent events).
 *
 * Without a field `event`, so that one `onmessage` hears every kind; the kind stands in the data.
 * JSON has no line breaks of its own, so the data is one line.
 */
import type { FleetEvent } from "../../contract/fleet-event.ts";

/** Says that the stream is alive; clients do not see comments. */
export const HEARTBEAT_FRAME = ": alive\n\n";

/** The first frame: how long a client waits before it comes back. */
export function openingFrame(reconnectMs: number): string {
  return `retry: ${reconnectMs}\n\n`;
}

export function eventFrame(event: FleetEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
