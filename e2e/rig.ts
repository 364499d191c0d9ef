/**
 * A whole fleet for one story: the real `npm start` program on ports and folders of its own.
 *
 * The story acts on it as an operator would, through the control API, and the rig sees to it that
 * nothing is left running whatever became of the story.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Fault, faultPath } from "../chaos/contract/faults.ts";
import {
  actPath,
  type FleetProcess,
  PROCESSES_PATH,
  type ProcessAct,
  type ProcessList,
} from "../fleet/contract/process-control.ts";
import { findFreePorts } from "../fleet/free-ports.rig.ts";
import type { Catalog } from "../origin/contract/catalog.ts";
import { appliancePath } from "../steering/contract/appliance-lease.ts";
import { FLEET_PATH, type FleetView } from "../steering/contract/fleet-view.ts";
import type { OverrideRequest } from "../steering/contract/override.ts";

const START_LIMIT_MS = 60_000;
const STEADY_LIMIT_MS = 20_000;
const STEADY_LOOK_EVERY_MS = 100;
const STOP_LIMIT_MS = 20_000;
const ROOT = join(import.meta.dirname, "..");

export class Rig {
  readonly #program: ChildProcess;
  readonly #folder: string;
  readonly #firstPort: number;
  #token = "";
  #operatorLink = "";

  private constructor(program: ChildProcess, folder: string, firstPort: number) {
    this.#program = program;
    this.#folder = folder;
    this.#firstPort = firstPort;
  }

  /** Resolves when the fleet is as it is most of the time: all appliances have proven themselves. */
  static async start(flags: readonly string[] = []): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), "understudy-story-"));
    const port = await findFreePorts();
    const program = spawn(
      process.execPath,
      ["fleet/main.ts", "--port", String(port), "--data", folder, ...flags],
      // A group of its own, like a terminal's foreground job: Ctrl-C reaches all of it.
      { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    const rig = new Rig(program, folder, port);
    try {
      rig.#operatorLink = await printedLink(program);
      rig.#token = (await readFile(join(folder, "token"), "utf8")).trim();
      await rig.#isSteady();
      return rig;
    } catch (error) {
      await rig.close();
      throw error;
    }
  }

  get siteUrl(): string {
    return `http://127.0.0.1:${this.#firstPort}`;
  }

  get operatorLink(): string {
    return this.#operatorLink;
  }

  /** What can be watched: a film, which ends, and a live channel, which does not. */
  async watchPages(): Promise<{ readonly film: string; readonly channel: string }> {
    const response = await fetch(`${this.siteUrl}/api/catalog`);
    const { titles, channels } = (await response.json()) as Catalog;
    const page = (id: string | undefined) => `${this.siteUrl}/watch/${id}`;
    return { film: page(titles[0]?.id), channel: page(channels[0]?.id) };
  }

  /** What a player of others is given, best first: a film's multivariant playlist, or its MPD. */
  async filmSources(format: "hls" | "dash"): Promise<readonly string[]> {
    const response = await fetch(`${this.siteUrl}/api/catalog`);
    const [film] = ((await response.json()) as Catalog).titles;
    return (format === "hls" ? film?.sources : film?.dashSources) ?? [];
  }

  async processes(): Promise<readonly FleetProcess[]> {
    const response = await fetch(`${this.#controlUrl}${PROCESSES_PATH}`);
    return ((await response.json()) as ProcessList).processes;
  }

  async appliances(): Promise<readonly string[]> {
    const processes = await this.processes();
    return processes.filter(({ role }) => role === "appliance").map(({ name }) => name);
  }

  /**
   * Every viewer begins on one appliance, and is back there whenever it is well: beside other fleets on a
   * busy machine steering finds now this one a little better, now that one. Resolves with its name.
   */
  async prefersOne(): Promise<string> {
    const [name = ""] = await this.appliances();
    const word: OverrideRequest = { action: "prefer", seconds: 600, reason: "a story" };
    await this.#asOperator(this.#steeringUrl, "PUT", `${appliancePath(name)}/override`, word);
    return name;
  }

  /** What has become of the reports of viewers' players at steering: how many of each fate. */
  async reportsByFate(): Promise<Readonly<Record<string, number>>> {
    const text = await (await fetch(`${this.#steeringUrl}/v1/metrics`)).text();
    const lines = text.matchAll(/^understudy_steering_reports_total\{outcome="(.+)"\} (\d+)$/gm);
    return Object.fromEntries(Array.from(lines, ([, fate, count]) => [fate, Number(count)]));
  }

  /** Starts what was killed. Resolves when it serves again: only then has it recovered. */
  async revives(name: string): Promise<void> {
    await this.act(name, "start");
    const endMs = performance.now() + START_LIMIT_MS;
    for (;;) {
      const process = (await this.processes()).find((each) => each.name === name);
      if (process?.state === "running") return;
      if (performance.now() >= endMs) throw new Error(`${name} is still ${process?.state}`);
      await delay(STEADY_LOOK_EVERY_MS);
    }
  }

  /** As the operator: `kill` is SIGKILL and stays down, `start` brings it back. */
  async act(name: string, act: ProcessAct): Promise<void> {
    await this.#asOperator(this.#controlUrl, "POST", actPath(name, act));
  }

  /** Breaks the wire to an appliance: for viewers, and for steering's probes too. */
  async breaks(name: string, fault: Fault["fault"], seconds = 120): Promise<void> {
    await this.#asOperator(this.#controlUrl, "PUT", faultPath(name), { fault, seconds });
  }

  async heals(name: string): Promise<void> {
    await this.#asOperator(this.#controlUrl, "DELETE", faultPath(name));
  }

  /** Ctrl-C in the terminal that the fleet was started in. Resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    const exit = once(this.#program, "exit");
    process.kill(-(this.#program.pid as number), "SIGINT");
    const [code] = (await exit) as [number | null];
    return code;
  }

  async close(): Promise<void> {
    if (this.#program.exitCode === null && this.#program.signalCode === null) {
      const exit = once(this.#program, "exit");
      const limit = setTimeout(() => this.#program.kill("SIGKILL"), STOP_LIMIT_MS);
      this.#program.kill("SIGTERM");
      await exit;
      clearTimeout(limit);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /**
   * Every appliance has passed its trial and takes all the viewers that it may: from here on each viewer of
   * a title begins on the same one, and stays there for as long as nothing breaks. Before, steering moves
   * viewers from one that is on trial to the first that has passed.
   */
  async #isSteady(): Promise<void> {
    const untilMs = performance.now() + STEADY_LIMIT_MS;
    while (!(await this.#areFullyTrusted())) {
      if (performance.now() > untilMs) throw new Error("The appliances did not pass their trial");
      await delay(STEADY_LOOK_EVERY_MS);
    }
  }

  async #areFullyTrusted(): Promise<boolean> {
    const response = await fetch(this.#steeringUrl + FLEET_PATH);
    const { appliances } = (await response.json()) as FleetView;
    const trusted = appliances.filter(
      ({ health, admittedShare }) => health.state === "up" && admittedShare === 1,
    );
    return trusted.length === (await this.appliances()).length;
  }

  async #asOperator(url: string, method: string, path: string, body?: object): Promise<void> {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Cannot ${method} ${path}: ${await response.text()}`);
  }

  get #steeringUrl(): string {
    return `http://127.0.0.1:${this.#firstPort + 1}`;
  }

  get #controlUrl(): string {
    return `http://127.0.0.1:${this.#firstPort + 2}`;
  }
}

/** Waits for the operator link, which the fleet prints once everything runs. */
function printedLink(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const end = (tell: () => void) => {
      clearTimeout(limit);
      program.off("exit", onExit).off("error", onError);
      for (const stream of [program.stdout, program.stderr]) {
        // Goes on reading, so that the fleet is not held up by a full pipe.
        stream?.off("data", onText).resume();
      }
      tell();
    };
    const fail = (what: string) => end(() => reject(new Error(`${what}. It printed:\n${printed}`)));
    const onExit = (code: number | null) => fail(`The fleet ended with ${code}`);
    const onError = ({ message }: Error) => fail(`The fleet could not be started: ${message}`);
    const onText = (text: string) => {
      printed += text;
      // The white space behind it shows that the link has come whole.
      const link = /(http:\/\/\S+\/operator\?code=\S+)\s/.exec(printed)?.[1];
      if (link !== undefined) end(() => resolve(link));
    };
    const limit = setTimeout(() => fail("The fleet did not start in time"), START_LIMIT_MS);
    program.once("exit", onExit).once("error", onError);
    for (const stream of [program.stdout, program.stderr]) {
      stream?.setEncoding("utf8").on("data", onText);
    }
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
