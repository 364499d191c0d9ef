/**
 * The world of one player in one run: two pathways behind fault proxies, a play server, steering, and a
 * link that all share. No two players share any of it, so that none is in another's way.
 */

import { CHAOS_POLICY } from "../../../chaos/config.ts";
import type { Fault } from "../../../chaos/contract/faults.ts";
import { FaultProxy } from "../../../chaos/proxy/fault-proxy.ts";
import type { LabMode, LabPathway } from "../../contract/lab-result.ts";
import {
  type Blow,
  type ProxyFault,
  SECOND_FAILURE_SECONDS,
  type SteeringConduct,
} from "../../core/lab/lab-fault.ts";
import { LOWEST_BYTES_PER_SECOND, SEGMENT_SECONDS } from "../../core/lab/lab-ladder.ts";
import { SHOWN_BEFORE_SEGMENTS } from "../../core/lab/live-window.ts";
import type { LabMedia } from "./lab-media.ts";
import { drawPort, onFreePort } from "./listening.ts";
import { PathwaySource } from "./pathway-source.ts";
import { PlayServer, ScriptedSteering } from "./play-server.ts";
import { ServingLog } from "./serving-log.ts";
import { SharedLink } from "./shared-link.ts";

export type LabWorldOptions = {
  readonly mode: LabMode;
  readonly conduct: SteeringConduct;
  readonly linkBytesPerSecond: number;
  readonly media: LabMedia;
  /** Of the lab: monotonic, and comparable with the browser's. */
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
};

const HOST = "127.0.0.1";
const TICK_MS = 10;
const MS_PER_SECOND = 1_000;
const SHOWN_BEFORE_MS = SHOWN_BEFORE_SEGMENTS * SEGMENT_SECONDS * MS_PER_SECOND;

export class LabWorld {
  readonly log: ServingLog;
  readonly #options: LabWorldOptions;
  readonly #link: SharedLink;
  readonly #loop: ReturnType<typeof setInterval>;
  #openedMs: number | undefined;
  #epochWallMs = 0;
  #firstAskedSeconds: number | undefined;
  #sources!: Readonly<Record<LabPathway, PathwaySource>>;
  #proxies!: Readonly<Record<LabPathway, FaultProxy>>;
  #play!: PlayServer;
  #steering!: ScriptedSteering;
  #seenPlaylists: Set<string> | undefined;

  static async open(options: LabWorldOptions): Promise<LabWorld> {
    const world = new LabWorld(options);
    await world.#build();
    return world;
  }

  private constructor(options: LabWorldOptions) {
    this.#options = options;
    this.#link = new SharedLink(options.linkBytesPerSecond, options.now());
    this.log = new ServingLog(() => this.elapsedSeconds());
    this.#loop = setInterval(() => this.#tick(), TICK_MS);
  }

  /** 0 until the page opens. */
  elapsedSeconds(): number {
    if (this.#openedMs === undefined) return 0;
    return (this.#options.now() - this.#openedMs) / MS_PER_SECOND;
  }

  /** The page opens now: from here on time counts, and a live channel goes on. */
  beginTime(): void {
    this.#openedMs = this.#options.now();
    this.#epochWallMs = this.#options.wallNow() - SHOWN_BEFORE_MS;
  }

  get openedMs(): number {
    return this.#openedMs ?? this.#options.now();
  }

  get firstAskedSeconds(): number | undefined {
    return this.#firstAskedSeconds;
  }

  get steeringRequests(): number {
    return this.#steering.requests;
  }

  urlOf(manifest: "hls" | "dash"): string {
    return `${this.#play.url}/${manifest === "hls" ? "master.m3u8" : "manifest.mpd"}`;
  }

  isOfPathway(url: string, pathway: LabPathway): boolean {
    return url.startsWith(`${this.#proxies[pathway].view().url}/`);
  }

  async strike(blow: Blow, seconds: number): Promise<void> {
    const begin = (pathway: LabPathway, fault: ProxyFault, forSeconds: number) =>
      this.#proxies[pathway].begin({ ...fault, seconds: forSeconds } as Fault);
    switch (blow.by) {
      case "nobody":
        return;
      case "proxy":
      case "steering":
        this.#seenPlaylists = blow.fault.fault === "stale-playlist" ? new Set() : undefined;
        begin("A", blow.fault, seconds);
        return;
      case "source":
        this.#sources.A.lie = blow.lie;
        return;
      case "outage":
        await this.#sources.A.stop();
        return;
      case "both": {
        begin("A", blow.first, seconds);
        let isHit = false;
        this.log.onAsked((pathway, kind) => {
          if (isHit || pathway !== "B" || kind !== "segment") return;
          isHit = true;
          begin("B", blow.second, SECOND_FAILURE_SECONDS);
        });
        return;
      }
      case "link":
        this.#link.setRate(blow.factor * LOWEST_BYTES_PER_SECOND);
        return;
      case "viewer":
        for (const pathway of ["A", "B"] as const) begin(pathway, { fault: "refuse" }, seconds);
    }
  }

  /** Everything is as it was before. */
  async heal(): Promise<void> {
    for (const proxy of Object.values(this.#proxies)) proxy.heal();
    this.#sources.A.lie = undefined;
    this.#link.setRate(this.#options.linkBytesPerSecond);
    await this.#sources.A.start();
  }

  async close(): Promise<void> {
    clearInterval(this.#loop);
    await Promise.all([
      ...Object.values(this.#proxies).map((proxy) => proxy.close()),
      ...Object.values(this.#sources).map((source) => source.stop()),
      this.#play.close(),
      this.#steering.close(),
    ]);
  }

  async #build(): Promise<void> {
    const { conduct, random } = this.#options;
    const [A, B, play, steering] = await Promise.all([
      this.#openSource("A"),
      this.#openSource("B"),
      PlayServer.open(random),
      ScriptedSteering.open(conduct, random),
    ]);
    this.#sources = { A, B };
    this.#proxies = {
      A: await this.#openProxy("A", A.port),
      B: await this.#openProxy("B", B.port),
    };
    this.#play = play;
    this.#steering = steering;
    play.names({
      A: this.#proxies.A.view().url,
      B: this.#proxies.B.view().url,
      steering: steering.url,
    });
    play.onAsked = () => {
      this.#firstAskedSeconds ??= this.elapsedSeconds();
    };
  }

  #openSource(pathway: LabPathway): Promise<PathwaySource> {
    const { mode, media, random } = this.#options;
    return PathwaySource.open({
      pathway,
      mode,
      media,
      random,
      link: this.#link,
      log: this.log,
      elapsedSeconds: () => this.elapsedSeconds(),
      epochWallMs: () => this.#epochWallMs,
      deadUrl: `http://${HOST}:${drawPort(random)}`,
    });
  }

  #openProxy(pathway: LabPathway, port: number): Promise<FaultProxy> {
    const { now, wallNow, random } = this.#options;
    return onFreePort(random, async (listenPort) => {
      const proxy = new FaultProxy({
        name: pathway,
        host: HOST,
        port: listenPort,
        advertisedHost: HOST,
        upstream: { url: `http://${HOST}:${port}`, host: HOST, port },
        policy: CHAOS_POLICY.proxy,
        now,
        wallNow,
        drawSeed: () => "lab",
        log: {
          debug: (said: unknown) => this.#noteDrawn(pathway, said),
          info: ignore,
          warn: ignore,
        },
        onPassed: ({ asked, ...passed }) =>
          this.log.notePassed(pathway, pathOf(asked.target), passed),
      });
      await proxy.listen();
      return proxy;
    });
  }

  /** The proxy's log says of each request whether the fault touches it. */
  #noteDrawn(pathway: LabPathway, said: unknown): void {
    const { action, path } = said as { readonly action?: string; readonly path?: string };
    if (pathway !== "A" || action !== "touch" || path === undefined) return;
    // The first answer under a frozen playlist is a fresh one.
    if (this.#seenPlaylists !== undefined && !this.#seenPlaylists.has(path)) {
      this.#seenPlaylists.add(path);
      return;
    }
    this.log.noteTouched(pathOf(path));
  }

  #tick(): void {
    const nowMs = this.#options.now();
    this.#link.tick(nowMs);
    for (const proxy of Object.values(this.#proxies ?? {})) proxy.tick(nowMs);
  }
}

function ignore(): void {}

function pathOf(target: string | undefined): string {
  return target?.split("?")[0] ?? "";
}
