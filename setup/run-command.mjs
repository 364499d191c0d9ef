/**
 * Runs a program to its end with its output in a log file, so that the terminal stays readable and
 * the whole story is kept for when it fails.
 */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";

/** How much of the output's end is kept to judge a failure by. */
const TAIL_LENGTH = 64 * 1024;

/**
 * @typedef {{
 *   readonly command: string,
 *   readonly args: readonly string[],
 *   readonly logName: string,
 *   readonly limitSeconds: number,
 * }} Command
 * @typedef {{ readonly ok: boolean, readonly output: string, readonly logFile: string }} Outcome
 */

/**
 * @param {Command} command
 * @param {import("./place.d.mts").Place} place
 * @returns {Promise<Outcome>} never rejects: a program that cannot be started has failed
 */
export function runCommand({ command, args, logName, limitSeconds }, { root, logFolder, env }) {
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, logName);
  const log = createWriteStream(logFile);
  let output = "";
  const keep = (/** @type {string} */ text) => {
    log.write(text);
    output = (output + text).slice(-TAIL_LENGTH);
  };

  return new Promise((resolve) => {
    // Without a terminal on its standard input, nothing can stop to ask for a password.
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Node's own `timeout` keeps us waiting for it when the program could not be started at all.
    const limit = setTimeout(() => child.kill("SIGKILL"), limitSeconds * 1000);
    const finish = (/** @type {boolean} */ ok) => {
      clearTimeout(limit);
      log.end(() => resolve({ ok, output, logFile }));
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => {
      keep(`${error.message}\n`);
      finish(false);
    });
    child.on("close", (code, signal) => {
      if (signal !== null) keep(`ended by ${signal}\n`);
      finish(code === 0);
    });
  });
}
