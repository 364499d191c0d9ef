/** Ends a connection with an RST, as the connection of a process that crashed. */
import type { Socket } from "node:net";

/** At once; what was not sent yet is lost. */
export function resetSocket(socket: Socket): void {
  // While a FIN is on its way, Node refuses to reset and then never closes the socket at all.
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (isEnding) socket.destroy();
  else socket.resetAndDestroy();
}
