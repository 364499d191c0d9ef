/**
 * The services without the fleet's program around them, for stories in which nodes come and go: an
 * origin, steering, and appliances that are drained, or join, as an operator would have it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "playwright/test";
import { DRAIN_PATH, UNDRAIN_PATH } from "../appliance/contract/appliance-status.ts";
import { findFreePorts } from "../fleet/free-ports.rig.ts";
import type { Catalog } from "../origin/contract/catalog.ts";
import { FLEET_PATH, type FleetView } from "../steering/contract/fleet-view.ts";
import { playPath } from "../steering/contract/play.ts";

const ROOT = join(import.meta.dirname, "..");
const TOKEN = "a-token-for-one-story";
const FIRST_APPLIANCE = 2;
const START_LIMIT_MS = 20_000;

export type Node = { readonly id: string; readonly port: number };

export class SteeredFleet {
  readonly #firstPort: number;
  readonly #processes: ChildProcess[] = [];
  readonly #nodes: Node[] = [];

  private constructor(firstPort: number) {
    this.#firstPort = firstPort;
  }

  static async start(appliances: number): Promise<SteeredFleet> {
    const fleet = new SteeredFleet(await findFreePorts());
    try {
      await Promise.all([
        fleet.#run("origin", fleet.#firstPort, []),
        fleet.#run("steering", fleet.#firstPort + 1, [
          ...["--sources", `demo=${fleet.#urlAt(0)}`],
          ...["--profile", "demo"],
        ]),
      ]);
      for (let count = 0; count < appliances; count += 1) await fleet.joins();
      await fleet.areUp();
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** One more appliance. It has not passed its trial yet. */
  async joins(): Promise<Node> {
    const place = this.#nodes.length;
    const node = { id: `east-${place + 1}`, port: this.#firstPort + FIRST_APPLIANCE + place };
    this.#nodes.push(node);
    await this.#run("appliance", node.port, [
      ...["--id", node.id, "--region", "east"],
      ...["--origin", this.#urlAt(0), "--steering", this.#urlAt(1)],
      ...["--profile", "demo"],
    ]);
    return node;
  }

  async areUp(): Promise<void> {
    const states = async () => {
      const response = await fetch(this.#urlAt(1) + FLEET_PATH);
      const { appliances } = (await response.json()) as FleetView;
      return appliances.map(({ health }) => health.state);
    };
    await expect
      .poll(states, { message: "every appliance is up", timeout: START_LIMIT_MS })
      .toEqual(this.#nodes.map(() => "up"));
  }

  /** No new viewers, please: what it has under way it goes on serving. */
  async drains(node: Node): Promise<void> {
    await this.#asOperator(node, DRAIN_PATH);
  }

  async undrains(node: Node): Promise<void> {
    await this.#asOperator(node, UNDRAIN_PATH);
  }

  /** A film through steering. */
  async film(file: "master.m3u8" | "manifest.mpd"): Promise<string> {
    const response = await fetch(`${this.#urlAt(0)}/api/catalog`);
    const { titles } = (await response.json()) as Catalog;
    return this.#urlAt(1) + playPath("demo", `/vod/${titles[0]?.id}/${file}`, "east");
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map(stop));
  }

  #urlAt(offset: number): string {
    return `http://127.0.0.1:${this.#firstPort + offset}`;
  }

  /** The services end by themselves when the channel to them closes, however this process ends. */
  async #run(service: string, port: number, flags: readonly string[]): Promise<void> {
    const child = spawn(
      process.execPath,
      [`${service}/main.ts`, "--port", String(port), ...flags],
      {
        cwd: ROOT,
        env: { UNDERSTUDY_TOKEN: TOKEN },
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    this.#processes.push(child);
    const exited = once(child, "exit").then(([code]) => {
      throw new Error(`${service} ended with ${String(code)}`);
    });
    await Promise.race([once(child, "message"), exited]);
    exited.catch(() => undefined);
  }

  async #asOperator({ port }: Node, path: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    if (!response.ok) throw new Error(`Cannot POST ${path}: ${await response.text()}`);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
