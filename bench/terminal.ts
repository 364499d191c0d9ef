/** Progress for a person: pieces of a line while something runs, and whole lines that never join one. */
import type { Writable } from "node:stream";

export type Terminal = {
  /** May end within a line, which what comes next goes on with. */
  say(text: string): void;
  /** Begins a line of its own. */
  sayLine(line: string): void;
};

export function newTerminal(stream: Pick<Writable, "write">): Terminal {
  let isWithinLine = false;
  const say = (text: string) => {
    stream.write(text);
    isWithinLine = !text.endsWith("\n");
  };
  return { say, sayLine: (line) => say(`${isWithinLine ? "\n" : ""}${line}\n`) };
}
