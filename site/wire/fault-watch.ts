/**
 * Keeps an eye on the faults that run, and asks for them, through the fleet's door to the chaos service.
 *
 * What is known stays when an answer does not come; its age is told. An answer that was overtaken by
 * a later one is dropped, so that a fault does not come and go on the page alone.
 */
import { Type } from "typebox";
import { FAULTS_PATH, FaultList, type FaultName, faultPath } from "../../chaos/contract/faults.ts";
import type { FaultDeed, FaultLook } from "../core/fault-stories.ts";
import { type Fetched, fetchChecked } from "./fetch-checked.ts";

export type FaultAct =
  | { readonly kind: "break"; readonly fault: FaultName; readonly seconds: number }
  | { readonly kind: "heal" };

const ASK_SHOWN_EVERY_MS = 1_000;
const ASK_UNSEEN_EVERY_MS = 10_000;
const ASK_TIMEOUT_MS = 2_000;
const ACT_TIMEOUT_MS = 5_000;
const NO_CHAOS_CODE = "FLEET_NO_CHAOS";

export class FaultWatch {
  /** Undefined until the chaos service has answered, and where there is none. */
  look: FaultLook | undefined;
  #deeds: ReadonlyMap<string, FaultDeed> = new Map();
  #hasNoChaos = false;
  #asked = 0;
  #newestAnswered = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #underWay = 0;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  tick(nowMs: number, fleet: string, leaving: AbortSignal): void {
    const isWanted = !document.hidden && !this.#hasNoChaos;
    const everyMs = isWanted ? ASK_SHOWN_EVERY_MS : ASK_UNSEEN_EVERY_MS;
    if (this.#underWay > 0 || nowMs - this.#askedAtMs < everyMs) return;
    this.#askedAtMs = nowMs;
    void this.ask(fleet, leaving);
  }

  async ask(fleet: string, leaving: AbortSignal): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    this.#underWay += 1;
    const fetched = await fetchChecked(FaultList, {
      url: `${fleet}${FAULTS_PATH}`,
      timeoutMs: ASK_TIMEOUT_MS,
      leaving,
    });
    this.#underWay -= 1;
    if (turn < this.#newestAnswered) return;
    this.#newestAnswered = turn;
    if (fetched.ok) {
      const { targets } = fetched.answer;
      this.look = { targets, seenAtMs: performance.now(), deeds: this.#deeds };
    }
    this.#hasNoChaos =
      !fetched.ok && fetched.reason === "refused" && fetched.code === NO_CHAOS_CODE;
    if (this.#hasNoChaos) this.look = undefined;
    this.#changed();
  }

  async act(fleet: string, target: string, act: FaultAct): Promise<Fetched<unknown>> {
    const earlier = this.#deeds.get(target);
    const atMs = performance.now();
    this.#noteDeed(
      target,
      act.kind === "break" ? { what: "break", fault: act.fault, atMs } : { what: "heal", atMs },
    );
    const fetched = await fetchChecked(Type.Unknown(), {
      url: `${fleet}${faultPath(target)}`,
      withCookie: true,
      timeoutMs: ACT_TIMEOUT_MS,
      ...(act.kind === "break"
        ? { method: "PUT", body: { fault: act.fault, seconds: act.seconds } }
        : { method: "DELETE" }),
    });
    // What was refused has not been done; what got no answer may have been.
    if (!fetched.ok && fetched.reason === "refused") this.#noteDeed(target, earlier);
    return fetched;
  }

  #noteDeed(target: string, deed: FaultDeed | undefined): void {
    const deeds = new Map(this.#deeds);
    if (deed === undefined) deeds.delete(target);
    else deeds.set(target, deed);
    this.#deeds = deeds;
  }
}
