/**
 * One direction of a relayed connection: carries runs of bytes to a socket as the core says.
 *
 * Runs that lie side by side leave in one write, so a read that passes whole is written whole and
 * nothing is copied.
 */
import type { Socket } from "node:net";
import type { Treatment } from "../core/conversation.ts";
import { resetSocket } from "./reset-socket.ts";

const NOTHING: Buffer = Buffer.alloc(0);

export class Outlet {
  readonly #socket: Socket;
  /** Waiting for the core to pass or drop them; its limits keep them few. */
  #held: Buffer[] = [];
  /** The run that waits to be written: bytes `start` to `end` of this. */
  #source = NOTHING;
  #start = 0;
  #end = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  carry(treatment: Treatment, bytes: Buffer, start: number, end: number): void {
    switch (treatment) {
      case "pass":
        this.releaseHeld();
        if (this.#source !== bytes || this.#end !== start) this.flush();
        if (this.#source !== bytes) {
          this.#source = bytes;
          this.#start = start;
        }
        this.#end = end;
        return;
      case "spoil":
        this.releaseHeld();
        this.write(spoiled(bytes.subarray(start, end)));
        return;
      case "hold":
        this.#held.push(Buffer.from(bytes.subarray(start, end)));
        return;
      case "drop":
        this.#held = [];
    }
  }

  releaseHeld(): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    for (const bytes of held) this.write(bytes);
  }

  /** Bytes of our own, after everything that was passed. */
  write(bytes: Buffer): void {
    this.flush();
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  flush(): void {
    const length = this.#end - this.#start;
    if (length === 0) return;
    const isWhole = length === this.#source.length;
    const run = isWhole ? this.#source : this.#source.subarray(this.#start, this.#end);
    this.#source = NOTHING;
    this.#start = 0;
    this.#end = 0;
    if (this.#socket.writable) this.#socket.write(run);
  }

  /** The other side takes nothing at the moment: who fills this outlet has to wait for `drain`. */
  get isBlocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** FIN, after everything that was passed. */
  end(): void {
    this.releaseHeld();
    this.flush();
    this.#socket.end();
  }

  /** RST, after everything that was passed: an RST at once would lose it. */
  reset(): void {
    const reset = () => resetSocket(this.#socket);
    this.releaseHeld();
    this.flush();
    if (this.#socket.writableLength === 0) reset();
    else if (this.#socket.writableEnded) this.#socket.once("finish", reset);
    else this.#socket.write(NOTHING, reset);
  }
}

/** No byte keeps its value, and whoever compares a checksum, a box or a picture sees it. */
function spoiled(bytes: Buffer): Buffer {
  const wrong = Buffer.from(bytes);
  for (const [at, byte] of wrong.entries()) wrong[at] = byte ^ 0x5a;
  return wrong;
}
