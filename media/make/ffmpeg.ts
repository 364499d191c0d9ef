/**
 * Starts ffmpeg, and says plainly what to do where there is none.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

type Process = ChildProcessByStdio<Writable, null, Readable>;

export type FrameSink = {
  readonly write: (bytes: Buffer) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** True if ffmpeg runs and can encode what the titles need. */
export async function hasFfmpeg(): Promise<boolean> {
  const found = spawn("ffmpeg", ["-hide_banner", "-h", "encoder=libx264"], { stdio: "ignore" });
  return new Promise((resolve) => {
    found.once("error", () => resolve(false));
    found.once("exit", (code) => resolve(code === 0));
  });
}

/** Runs to the end and returns what ffmpeg wrote to its log. */
export async function runFfmpeg(options: readonly string[]): Promise<string> {
  const ffmpeg = start(options);
  ffmpeg.stdin.end();
  return finished(ffmpeg);
}

/** For pictures that are made while ffmpeg runs; `write` waits when ffmpeg is behind. */
export function feedFfmpeg(options: readonly string[]): FrameSink {
  const ffmpeg = start(options);
  const end = finished(ffmpeg);
  end.catch(() => {});
  return {
    write: async (bytes) => {
      if (!ffmpeg.stdin.write(bytes)) await Promise.race([once(ffmpeg.stdin, "drain"), end]);
    },
    close: async () => {
      ffmpeg.stdin.end();
      await end;
    },
  };
}

function start(options: readonly string[]): Process {
  return spawn("ffmpeg", ["-hide_banner", "-nostats", "-y", ...options], {
    stdio: ["pipe", "ignore", "pipe"],
  });
}

async function finished(ffmpeg: Process): Promise<string> {
  let log = "";
  ffmpeg.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const [code] = await once(ffmpeg, "close");
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${log.trim().split("\n").at(-1)}`);
  return log;
}
