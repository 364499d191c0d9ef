/**
 * The objects that are kept in slices: opens them for clients, and brings the slices that are missing.
 *
 * A slice is an ordinary fill and an ordinary stored object, so all who want it share one question to
 * the origin and get its bytes as they arrive. Once a slice turns out to be of another version, the head
 * is forgotten: whoever was reading is cut off, since two versions must never meet in one body.
 */
import { type ByteRange, lengthOf } from "../../kernel/byte-range.ts";
import type { StoringPolicy } from "../core/decide-storing.ts";
import { explorationFields, headOfExplored, sliceToExplore } from "../core/explore-by-range.ts";
import {
  faultOfSlice,
  hasSameSlices,
  isSameVersion,
  isSliced,
  SLICE_MARK,
  type SlicedHead,
  type SlicingPolicy,
  sliceKey,
  sliceMetadata,
  sliceQuestion,
  sliceRange,
} from "../core/slicing.ts";
import { describeAnswer, type OriginAnswer, type StoredMetadata } from "../core/stored-metadata.ts";
import type { Fill } from "../fill/fill.ts";
import type { FillBroken } from "../fill/fill-failure.ts";
import type { FillHead, FillPlan } from "../fill/fill-head.ts";
import type { Fills } from "../fill/fills.ts";
import { RecentRefusals, type RefusalPolicy } from "../fill/recent-refusals.ts";
import type { StoredObject } from "../store/cache-store.ts";
import type { Tiers } from "../store/tiers.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { SliceCutter } from "./slice-cutter.ts";
import { SliceReading } from "./slice-reading.ts";
import { type SliceSource, sourceInFile, sourceInFill, sourceInMemory } from "./slice-source.ts";

export type SlicesPolicy = {
  /** Of a slice in RAM, so much is given to a client at a time. */
  readonly pieceBytes: number;
  /** How long the origin is held back for those who read what it sends. */
  readonly keepUpMs: number;
};

export type SlicesOptions = {
  readonly fills: Fills;
  readonly tiers: Tiers;
  readonly policy: SlicesPolicy &
    SlicingPolicy &
    StoringPolicy & { readonly refusals: RefusalPolicy };
  readonly now: () => number;
  readonly onAnotherVersion: (key: string, reason: string) => void;
};

/** An object that somebody reads, or that is being cut. */
type Use = { readonly head: SlicedHead; readings: number; cutter: SliceCutter | undefined };

/** A question for one slice of an object of which nothing is known yet. */
export type Exploration = {
  readonly fill: Fill;
  /** What the object is, once the fill has a head; undefined where it cannot be kept in slices. */
  head(): SlicedHead | undefined;
};

type Judgement = Pick<FillHead, "plan" | "metadata">;

export class Slices {
  readonly #options: SlicesOptions;
  /** Objects that turned out not to come in slices: nobody explores them again for a while. */
  readonly #refusals: RecentRefusals;
  readonly #cut = new WeakSet<Fill>();
  readonly #explorations = new Map<string, Exploration>();
  readonly #inUse = new Map<string, Use>();
  /** Fetches of slices, by the slice's key. */
  readonly #running = new Map<string, Fill>();

  constructor(options: SlicesOptions) {
    this.#options = options;
    this.#refusals = new RecentRefusals(options.policy.refusals, options.now);
  }

  /** Opens the bytes from `first` to before `end`. What is opened must be closed. */
  open(head: SlicedHead, { first, end }: { first: number; end: number }): SliceReading {
    const use = this.#use(head);
    use.readings += 1;
    return new SliceReading({
      head: use.head,
      first,
      end,
      openSlice: (index) => this.#openSlice(use, index),
      onBroken: (error) => this.#onBroken(use, error),
      onClosed: () => {
        use.readings -= 1;
        this.#release(use);
      },
    });
  }

  /** How many of the slices that hold a range are stored. */
  countStored(head: SlicedHead, { first, last }: ByteRange): { stored: number; wanted: number } {
    const { sliceBytes } = head.slicing;
    const from = Math.floor(first / sliceBytes);
    const to = Math.floor(last / sliceBytes);
    let stored = 0;
    for (let index = from; index <= to; index += 1) if (this.isStored(head, index)) stored += 1;
    return { stored, wanted: to - from + 1 };
  }

  isStored(head: SlicedHead, index: number): boolean {
    const stored = this.#options.tiers.peek(sliceKey(head, index));
    return stored !== undefined && isSliceOf(stored, head, index);
  }

  /** Cuts a whole answer that has begun to arrive. Those who wait for it read its slices instead. */
  cut(head: SlicedHead, whole: Fill): void {
    const use = this.#use(head);
    // All who waited for it bring it here, and it can be read from its first byte only once.
    if (use.cutter !== undefined || this.#cut.has(whole)) return;
    this.#cut.add(whole);
    use.cutter = new SliceCutter({
      head,
      reader: whole.openReader(),
      startFill: (index, upstream) => this.#startFill(head, index, { upstream }),
      onOver: () => {
        use.cutter = undefined;
        this.#release(use);
      },
    });
  }

  /** Which slice to ask for first, where a client wants a range of an object that nobody knows. */
  sliceToExplore(key: string, range: string | undefined): number | undefined {
    if (this.#refusals.reasonFor(key) !== undefined) return undefined;
    return sliceToExplore(range, this.#options.policy);
  }

  /** Asks for one slice of an object of which nothing is known. */
  explore(key: string, index: number): Exploration & { readonly isCollapsed: boolean } {
    const name = exploringKey(key, index);
    const running = this.#explorations.get(name);
    if (running?.fill.isJoinable) return { ...running, isCollapsed: true };
    let head: SlicedHead | undefined;
    const fill = this.#options.fills.startPart({
      key: name,
      target: key,
      fields: explorationFields(index, this.#options.policy),
      isBackground: false,
      judge: (answer) => {
        head = this.#headOf(key, answer, index);
        if (head === undefined) return this.#refuse(key, answer);
        this.#running.set(sliceKey(head, index), fill);
        return { plan: STORABLE, metadata: sliceMetadata(head, index) };
      },
      onGone: (gone) => {
        if (head !== undefined) this.#forget(sliceKey(head, index), gone);
        if (this.#explorations.get(name)?.fill === gone) this.#explorations.delete(name);
      },
    });
    const exploration: Exploration = { fill, head: () => head };
    if (!fill.isOver) this.#explorations.set(name, exploration);
    return { ...exploration, isCollapsed: false };
  }

  /** Fetches a slice that nobody waits for; undefined where it is there, or on its way. */
  fetchBehind(head: SlicedHead, index: number): Fill | undefined {
    if (this.#joinable(head, index) !== undefined || this.isStored(head, index)) return undefined;
    return this.#startFill(head, index, { isBackground: true });
  }

  tick(nowMs: number): void {
    for (const { cutter } of [...this.#inUse.values()])
      cutter?.tick(nowMs, this.#options.policy.keepUpMs);
  }

  close(): void {
    for (const { cutter } of [...this.#inUse.values()]) cutter?.stop();
  }

  async #openSlice({ head, cutter }: Use, index: number): Promise<SliceSource> {
    const key = sliceKey(head, index);
    this.#touch(head);
    const running = this.#joinable(head, index);
    if (running !== undefined) return sourceInFill(running.openReader(), key);
    const object = await this.#readStored(head, index);
    if (object?.kind === "memory") return sourceInMemory(object, this.#options.policy.pieceBytes);
    if (object?.kind === "file") return sourceInFile(object);
    // Somebody may have begun to fetch it while the disk was being read.
    const begun = this.#joinable(head, index) ?? cutter?.claim(index);
    return sourceInFill((begun ?? this.#startFill(head, index, {})).openReader(), key);
  }

  /** The head is used with every slice: it should be the last of them to be evicted. */
  #touch({ key }: SlicedHead): void {
    const { tiers } = this.#options;
    if (tiers.readRam(key) === undefined) void tiers.read(key);
  }

  #joinable(head: SlicedHead, index: number): Fill | undefined {
    const running = this.#running.get(sliceKey(head, index));
    if (running?.isJoinable) return running;
    // Who explores does not know yet what it is, so its reader must look.
    const explored = this.#explorations.get(exploringKey(head.key, index))?.fill;
    return explored?.isJoinable ? explored : undefined;
  }

  async #readStored(head: SlicedHead, index: number): Promise<StoredObject | undefined> {
    if (!this.isStored(head, index)) return undefined;
    const object = await this.#options.tiers.read(sliceKey(head, index));
    if (object === undefined || isSliceOf(object.metadata, head, index)) return object;
    releaseFile(object);
    return undefined;
  }

  #startFill(
    head: SlicedHead,
    index: number,
    { upstream, isBackground = false }: { upstream?: Upstream; isBackground?: boolean },
  ): Fill {
    const metadata = sliceMetadata(head, index);
    const fill = this.#options.fills.startPart({
      key: metadata.key,
      target: head.key,
      fields: sliceQuestion(head, index),
      isBackground,
      judge: (answer) => {
        // What is cut out of an answer was judged with it.
        const plan = upstream === undefined ? planOfSlice(answer, head, index) : STORABLE;
        return { plan, metadata };
      },
      onGone: (gone) => this.#forget(metadata.key, gone),
      upstream,
    });
    if (!fill.isOver) this.#running.set(metadata.key, fill);
    return fill;
  }

  #forget(key: string, fill: Fill): void {
    if (this.#running.get(key) === fill) this.#running.delete(key);
  }

  #headOf(key: string, answer: OriginAnswer, index: number): SlicedHead | undefined {
    const { policy, tiers } = this.#options;
    const found = headOfExplored(key, answer, index, policy);
    if (found === undefined) return undefined;
    // Two who explore at once have found the same, unless it changed in between.
    const known = tiers.peek(key);
    if (known !== undefined && isSliced(known) && isSameVersion(known, found)) return known;
    void tiers.write(found, NO_BODY);
    return found;
  }

  #refuse(key: string, answer: OriginAnswer): Judgement {
    const metadata = describeAnswer(key, answer, 0, this.#options.policy);
    if (answer.status >= 500) return { plan: ORIGIN_ERROR, metadata };
    this.#refusals.remember(key, "no-slices");
    return { plan: { action: "pass", reason: "no-slices" }, metadata };
  }

  #use(head: SlicedHead): Use {
    const known = this.#inUse.get(head.key);
    if (known !== undefined && hasSameSlices(known.head, head)) return known;
    const use: Use = { head, readings: 0, cutter: undefined };
    this.#inUse.set(head.key, use);
    return use;
  }

  #release(use: Use): void {
    if (use.readings > 0) return;
    use.cutter?.stop();
    if (use.cutter === undefined && this.#inUse.get(use.head.key) === use) {
      this.#inUse.delete(use.head.key);
    }
  }

  #onBroken({ head }: Use, { failure }: FillBroken): void {
    if (failure.kind !== "wrong-slice") return;
    const { tiers, onAnotherVersion } = this.#options;
    if (this.#inUse.get(head.key)?.head === head) this.#inUse.delete(head.key);
    const stored = tiers.peek(head.key);
    if (stored === undefined || !isSliced(stored) || !isSameVersion(stored, head)) return;
    tiers.remove(head.key);
    onAnotherVersion(head.key, failure.reason);
  }
}

function exploringKey(key: string, index: number): string {
  return `${key}${SLICE_MARK}${index}`;
}

function planOfSlice(answer: OriginAnswer, head: SlicedHead, index: number): FillPlan {
  if (answer.status >= 500) return ORIGIN_ERROR;
  const fault = faultOfSlice(answer, head, index);
  return fault === undefined ? STORABLE : { action: "pass", reason: fault };
}

function isSliceOf(stored: StoredMetadata, head: SlicedHead, index: number): boolean {
  const isWhole = stored.sizeBytes === lengthOf(sliceRange(head, index));
  return isWhole && stored.fields["etag"] === head.fields["etag"];
}

function releaseFile(object: StoredObject): void {
  if (object.kind === "file") object.release();
}

const STORABLE: FillPlan = { action: "store", reason: "storable" };
const ORIGIN_ERROR: FillPlan = { action: "share", reason: "origin-error" };
const NO_BODY = Buffer.alloc(0);
