/**
 * Where a bench is set up: it knows the machine, starts processes on their processors, and whatever
 * was started on it ends with it, the last first, its folder included.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Pinning } from "../contract/circumstances.ts";
import { BenchError } from "../errors.ts";
import { type ChildProgram, startChildProgram } from "./child-program.ts";
import { findProgram } from "./find-program.ts";
import { type ServerProcess, startForeignServer, startNodeServer } from "./server-process.ts";

/** The measured server has its processor to itself; everything else shares the others. */
export type Part = "measured" | "other";

type Stoppable = Pick<ChildProgram, "stop">;

type NodeProgram = {
  readonly name: string;
  /** As seen from the root of the repository. */
  readonly program: string;
  readonly nodeFlags?: readonly string[];
  readonly flags?: readonly string[];
  readonly part: Part;
  readonly env?: Readonly<Record<string, string>>;
};

export class Stage {
  /** Everything of this bench that stands on disk. */
  readonly folder: string;
  readonly #pinning: Pinning;
  readonly #searchPath: string;
  readonly #running: Stoppable[] = [];
  #closing: Promise<void> | undefined;

  static async open(options: {
    readonly pinning: Pinning;
    readonly searchPath: string;
  }): Promise<Stage> {
    return new Stage(await mkdtemp(join(tmpdir(), "understudy-bench-")), options);
  }

  private constructor(
    folder: string,
    { pinning, searchPath }: { readonly pinning: Pinning; readonly searchPath: string },
  ) {
    this.folder = folder;
    this.#pinning = pinning;
    this.#searchPath = searchPath;
  }

  find(program: string): string | undefined {
    return findProgram(program, this.#searchPath);
  }

  async startService({
    name,
    program,
    nodeFlags = [],
    flags = [],
    part,
    env,
  }: NodeProgram): Promise<ServerProcess> {
    this.#requireOpen();
    return startNodeServer(
      {
        name,
        program: join(ROOT, program),
        nodeFlags,
        flags: [...flags, "--port", "0"],
        env: this.#environment(env),
        wrappers: this.#pinTo(part),
      },
      (started) => this.#keep(started),
    );
  }

  async startForeign(options: {
    readonly name: string;
    readonly command: readonly [string, ...string[]];
    readonly port: number;
    readonly part: Part;
    readonly env?: Readonly<Record<string, string>>;
  }): Promise<ServerProcess> {
    this.#requireOpen();
    const setpriv = this.find("setpriv");
    const dieWithUs = setpriv === undefined ? [] : [setpriv, "--pdeathsig", "TERM"];
    return startForeignServer(
      {
        ...options,
        env: this.#environment(options.env),
        wrappers: [...dieWithUs, ...this.#pinTo(options.part)],
      },
      (started) => this.#keep(started),
    );
  }

  /** A program of ours that is no server: it talks with us alone. */
  startWorker({ name, program, part }: NodeProgram): ChildProgram {
    this.#requireOpen();
    const started = startChildProgram({
      name,
      command: [process.execPath, join(ROOT, program)],
      env: this.#environment(),
      wrappers: this.#pinTo(part),
      hasChannel: true,
    });
    this.#keep(started);
    return started;
  }

  /** What was started by somebody else, and shall end with this stage. */
  async own(started: Stoppable): Promise<void> {
    this.#keep(started);
    if (this.#closing === undefined) return;
    await started.stop();
    this.#requireOpen();
  }

  /** Whoever asks, and however often: resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const program of this.#running.splice(0).toReversed()) await program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #keep(started: Stoppable): void {
    this.#running.push(started);
  }

  /** Whether a process begins before the end or not at all: none is begun behind its back. */
  #requireOpen(): void {
    if (this.#closing !== undefined) throw new BenchError("The bench was stopped");
  }

  #pinTo(part: Part): string[] {
    const taskset = this.find("taskset");
    if (this.#pinning.kind === "shared" || taskset === undefined) return [];
    return [taskset, "-c", part === "measured" ? this.#pinning.server : this.#pinning.load];
  }

  /** Not ours: `NODE_OPTIONS` and the like would be measured with it. */
  #environment(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    return { PATH: this.#searchPath, NODE_ENV: "production", ...more };
  }
}

const ROOT = resolve(import.meta.dirname, "..", "..");
