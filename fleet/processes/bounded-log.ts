/**
 * A log file that cannot fill the disk: at its limit it becomes `<name>.1` and is begun anew.
 *
 * Written synchronously: services log changes of state, which are few, and the last lines before a
 * death are the ones that matter.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export type BoundedLog = { write(text: string): void; close(): void };

export function openBoundedLog(options: {
  readonly file: string;
  readonly maxBytes: number;
}): BoundedLog {
  const { file, maxBytes } = options;
  mkdirSync(dirname(file), { recursive: true });
  let descriptor = openSync(file, "a");
  let sizeBytes = fstatSync(descriptor).size;

  return {
    write: (text) => {
      const bytes = Buffer.from(text);
      if (sizeBytes > 0 && sizeBytes + bytes.length > maxBytes) {
        closeSync(descriptor);
        renameSync(file, `${file}.1`);
        descriptor = openSync(file, "a");
        sizeBytes = 0;
      }
      writeSync(descriptor, bytes);
      sizeBytes += bytes.length;
    },
    close: () => closeSync(descriptor),
  };
}
