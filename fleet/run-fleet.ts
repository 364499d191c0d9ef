/**
 * Runs a fleet for a person at a terminal: says what stands where, and stops it in order on Ctrl-C,
 * SIGTERM and SIGHUP. A second Ctrl-C ends everything at once.
 */
import { StartError } from "../chassis/run-service.ts";
import { fleetTable } from "./core/fleet-table.ts";
import { type Fleet, type FleetOptions, startFleet } from "./start-fleet.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** npm passes on the Ctrl-C that the terminal has sent to us already: that one is not a second. */
const SAME_KEYSTROKE_MS = 700;

export async function runFleet(options: FleetOptions): Promise<void> {
  // A terminal that is gone must not be what ends us: the processes have to be stopped first.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const say = (line: string) => void process.stdout.write(`${line}\n`);

  let fleet: Fleet | undefined;
  let stopAsked: number | undefined;
  const stop = () => {
    const nowMs = performance.now();
    if (stopAsked !== undefined) {
      if (nowMs - stopAsked < SAME_KEYSTROKE_MS) return;
      fleet?.kill();
      process.exit(1);
    }
    stopAsked = nowMs;
    // While it is still starting, the start ends first, and what it began is stopped then.
    if (fleet !== undefined) void closeAndExit(fleet, say);
  };
  for (const signal of SIGNALS) process.on(signal, stop);

  try {
    fleet = await startFleet({ ...options, say });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  if (stopAsked !== undefined) return closeAndExit(fleet, say);
  say(announcement(fleet));
}

async function closeAndExit(fleet: Fleet, say: (line: string) => void): Promise<never> {
  say("Stopping ...");
  await fleet.close();
  say("Stopped.");
  process.exit(0);
}

function announcement({ siteUrl, controlUrl, operatorLink, plan }: Fleet): string {
  const control = { name: "fleet", role: "control", region: null, url: controlUrl };
  return `
${fleetTable([...plan.processes, control])}
  Watch            ${siteUrl}
  As the operator  ${operatorLink()}
                   (works once; then the pages' buttons work in that browser)

  Ctrl-C stops everything.
`;
}
