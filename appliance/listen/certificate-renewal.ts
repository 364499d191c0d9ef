/**
 * Takes over a renewed certificate without a restart: looks now and then whether the files have changed.
 *
 * Certificates live for weeks, and whoever renews them writes two files, one after the other: what does
 * not go together yet is left alone until it does, and viewers are answered with the old one meanwhile.
 */
import { stat } from "node:fs/promises";
import { readTlsFiles, type TlsFiles, type TlsMaterial } from "./tls-files.ts";

export type CertificateRenewalOptions = {
  readonly files: TlsFiles;
  readonly checkEveryMs: number;
  readonly renew: (material: TlsMaterial) => void;
  readonly log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
};

export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions;
  /** When the files were written that are in use; undefined before the first look. */
  #inUse: string | undefined;
  #refused: string | undefined;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: CertificateRenewalOptions) {
    this.#options = options;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextAtMs || this.#running !== undefined) return;
    this.#nextAtMs = nowMs + this.#options.checkEveryMs;
    this.#running = this.#look().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when the look that is under way is over. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #look(): Promise<void> {
    const { files, renew, log } = this.#options;
    const found = await writtenAt(files);
    if (found === this.#inUse || found === this.#refused) return;
    if (this.#inUse === undefined) {
      this.#inUse = found;
      return;
    }
    const reading = await readTlsFiles(files);
    if (reading.ok) {
      renew(reading.material);
      this.#inUse = found;
      log.info({ certificate: files.certFile }, "certificate renewed");
    } else {
      this.#refused = found;
      log.warn({ reason: reading.reason }, "the certificate on disk is left alone");
    }
  }
}

async function writtenAt({ certFile, keyFile }: TlsFiles): Promise<string> {
  const times = await Promise.all(
    [certFile, keyFile].map(async (file) => {
      const { mtimeMs, ino } = await stat(file).catch(() => ({ mtimeMs: 0, ino: 0 }));
      return `${ino}@${mtimeMs}`;
    }),
  );
  return times.join(" ");
}
