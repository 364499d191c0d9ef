/**
 * Which pathways a play has, and in which order: as its manifest lists them, and from then on as steering says.
 */
import type { PlayerEvents, PlayerSnapshot } from "../contract/player-events.ts";
import { clonePathway, type PathwayClone } from "../core/place/pathway-clones.ts";
import type { Pathway, Presentation } from "../core/place/presentation.ts";
import { SteeringClient, type SteeringClientOptions } from "./steering-client.ts";

export type SteeredOrderOptions = Omit<
  SteeringClientOptions,
  "serverUri" | "order" | "onCourse"
> & {
  readonly onJoined: (pathway: Pathway) => void;
  /** It will not be heard of again, or be defined anew. */
  readonly onForgotten: (id: string) => void;
  readonly onSteering: (event: PlayerEvents["steering"]) => void;
};

export class SteeredOrder {
  readonly #options: SteeredOrderOptions;
  /** The manifest's, and the clones that steering has defined. */
  readonly #byId = new Map<string, Pathway>();
  #ranked: readonly Pathway[] = [];
  #servedBy: string | undefined;
  #steering: SteeringClient | undefined;

  constructor(options: SteeredOrderOptions) {
    this.#options = options;
  }

  /** Best first. A clone that steering no longer offers stays, last of all, until another has served. */
  get pathways(): readonly Pathway[] {
    const serving = this.#byId.get(this.#servedBy ?? "");
    const isGone = serving !== undefined && !this.#ranked.includes(serving);
    return isGone ? [...this.#ranked, serving] : this.#ranked;
  }

  get servedBy(): string | undefined {
    return this.#servedBy;
  }

  get state(): PlayerSnapshot["steering"] {
    if (this.#steering === undefined) return this.#byId.size === 0 ? "unknown" : "none";
    const { state } = this.#steering.course;
    return state === "ended" ? "none" : state;
  }

  /** Where steering is asked next; undefined where there is none. */
  get uri(): string | undefined {
    return this.#steering?.course.reloadUri;
  }

  get(id: string): Pathway | undefined {
    return this.#byId.get(id);
  }

  /** @param order ids, best first; pathways that are not among them are not asked. */
  begin(
    { pathways, steering }: Presentation,
    order: readonly string[],
    servedBy: string | undefined,
  ): void {
    this.#byId.clear();
    for (const pathway of pathways) this.#byId.set(pathway.id, pathway);
    this.#servedBy = servedBy;
    this.#rank([...new Set(order)]);
    this.#steering?.close();
    this.#steering = steering && this.#follow(steering.serverUri);
  }

  /** The manifest says anew where its pathways are. Steering goes on as it was. */
  renew(pathways: readonly Pathway[]): void {
    const ids = pathways.map(({ id }) => id);
    const order = [...this.#ranked.map(({ id }) => id), ...ids];
    this.#byId.clear();
    for (const pathway of pathways) this.#byId.set(pathway.id, pathway);
    this.#steering?.list(ids);
    for (const clone of this.#steering?.course.clones.values() ?? []) this.#define(clone);
    this.#rank([...new Set(order)]);
  }

  /** A segment has come from the pathway. */
  noteServed(id: string): void {
    this.#servedBy = id;
  }

  tick(nowMs: number): void {
    this.#steering?.tick(nowMs);
  }

  close(): void {
    this.#steering?.close();
  }

  #follow(serverUri: string): SteeringClient {
    const { onSteering, ...options } = this.#options;
    const ids = () => this.#ranked.map(({ id }) => id);
    return new SteeringClient({
      ...options,
      serverUri,
      order: ids(),
      onCourse: ({ order, listed, clones, ttlSeconds, state }) => {
        const before = ids().join(" ");
        this.#forgetBut(new Set([...listed, ...clones.keys(), this.#servedBy]));
        for (const clone of clones.values()) this.#define(clone);
        this.#rank(order);
        if (state !== "following" || ids().join(" ") === before) return;
        onSteering({ order: ids(), ttlSeconds });
      },
    });
  }

  #forgetBut(known: ReadonlySet<string | undefined>): void {
    for (const id of this.#byId.keys()) {
      if (known.has(id)) continue;
      this.#byId.delete(id);
      this.#options.onForgotten(id);
    }
  }

  #define(clone: PathwayClone): void {
    const base = this.#byId.get(clone.baseId);
    if (base === undefined || this.#byId.has(clone.id)) return;
    const pathway = clonePathway(base, clone);
    if (pathway === undefined) return;
    this.#byId.set(clone.id, pathway);
    this.#options.onJoined(pathway);
  }

  #rank(ids: readonly string[]): void {
    this.#ranked = ids.flatMap((id) => this.#byId.get(id) ?? []);
  }
}
