/**
 * Where a service writes its log: standard output, at once, as long as somebody reads it.
 *
 * pino's own stream waits for ever, at the end of the process, to be rid of lines that nobody can read
 * any more: a service outlived the fleet that had started it and was killed. On Linux, standard output
 * is written synchronously, so that nothing is lost when the process ends either.
 */

let isRead: boolean | undefined;

export const LOG_STREAM = {
  write(line: string): void {
    if (isRead === undefined) {
      isRead = true;
      // Such as EPIPE: the reader is gone. Whoever is not read need not stop serving.
      process.stdout.on("error", () => {
        isRead = false;
      });
    }
    if (isRead) process.stdout.write(line);
  },
};
