/**
 * Keeps an eye on the services behind the picture: steering's judgement of each appliance, the
 * fleet's processes with what the operator may do to them, and the faults that run.
 *
 * Nothing here is needed to play. Whatever does not answer is shown as stale, with its age.
 */
import {
  actPath,
  FleetProcess,
  OPERATOR_PATH,
  Operator,
  PROCESSES_PATH,
  type ProcessAct,
  ProcessList,
} from "../../fleet/contract/process-control.ts";
import type { Neighbours } from "../../origin/contract/neighbours.ts";
import { type ApplianceView, FLEET_PATH, FleetView } from "../../steering/contract/fleet-view.ts";
import type { FaultLook } from "../core/fault-stories.ts";
import type { ServicesHeard } from "../core/panel-notes.ts";
import { type FaultAct, FaultWatch } from "./fault-watch.ts";
import { type Fetched, fetchChecked } from "./fetch-checked.ts";
import { fetchNeighbours } from "./origin-client.ts";

/** What the operator may do to an appliance on this page. */
export type ApplianceAct = { readonly kind: ProcessAct } | FaultAct;

/** The latest of them on one appliance, and what became of it. */
export type DoneAct = {
  readonly name: string;
  readonly act: ApplianceAct["kind"];
  readonly atMs: number;
  readonly outcome: "pending" | "done" | "failed";
  /** Why it failed. */
  readonly detail: string | undefined;
};

export type FleetSight = {
  /** Base URL of steering; undefined until it is known, or where there is none. */
  readonly steeringUrl: string | undefined;
  /** Whether it answered when it was asked last. */
  readonly steering: ServicesHeard["steering"];
  readonly judged: readonly ApplianceView[];
  /** When steering last answered; undefined if it never has. */
  readonly judgedAtMs: number | undefined;
  readonly failOpen: boolean;
  readonly processes: readonly FleetProcess[];
  /** Undefined until faults are known of, and in a fleet without chaos. */
  readonly faults: FaultLook | undefined;
  readonly control: ServicesHeard["control"];
  /** The latest act on each appliance, by name. */
  readonly acts: ReadonlyMap<string, DoneAct>;
};

/** While somebody looks at the panel. */
const ASK_SHOWN_EVERY_MS = 1_000;
/** Otherwise: often enough to know the boxes by name. */
const ASK_UNSEEN_EVERY_MS = 10_000;
const ASK_TIMEOUT_MS = 2_000;
const ACT_TIMEOUT_MS = 15_000;

export class FleetWatch {
  sight: FleetSight = {
    steeringUrl: undefined,
    steering: "unknown",
    judged: [],
    judgedAtMs: undefined,
    failOpen: false,
    processes: [],
    faults: undefined,
    control: "unknown",
    acts: new Map(),
  };
  #neighbours: Neighbours | undefined;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking = false;
  #leaving = new AbortController();
  readonly #faults: FaultWatch;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#faults = new FaultWatch(() => {
      this.sight = { ...this.sight, faults: this.#faults.look };
      changed();
    });
  }

  /** Ends what is being asked. The next tick begins anew. */
  close(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
  }

  tick(nowMs: number, panel: "open" | "closed"): void {
    const fleet = this.#neighbours?.fleet;
    if (fleet != null) this.#faults.tick(nowMs, fleet, this.#leaving.signal);
    const isSeen = panel === "open" && !document.hidden;
    const everyMs = isSeen ? ASK_SHOWN_EVERY_MS : ASK_UNSEEN_EVERY_MS;
    if (this.#asking || nowMs - this.#askedAtMs < everyMs) return;
    this.#askedAtMs = nowMs;
    void this.#ask();
  }

  async act(name: string, act: ApplianceAct): Promise<void> {
    const fleet = this.#neighbours?.fleet;
    if (fleet == null || this.sight.acts.get(name)?.outcome === "pending") return;
    this.#noteAct({ name, act: act.kind, outcome: "pending", detail: undefined });
    const fetched = await this.#carryOut(fleet, name, act);
    // An act whose answer cannot be read has still been done: the next look at the fleet shows it.
    const failed = !fetched.ok && fetched.reason !== "malformed";
    this.#noteAct({
      name,
      act: act.kind,
      outcome: failed ? "failed" : "done",
      detail: failed ? failureOf(fetched) : undefined,
    });
    await Promise.all([this.#askFleet(), this.#faults.ask(fleet, this.#leaving.signal)]);
    this.#changed();
  }

  #carryOut(fleet: string, name: string, act: ApplianceAct): Promise<Fetched<unknown>> {
    if (act.kind === "break" || act.kind === "heal") return this.#faults.act(fleet, name, act);
    return fetchChecked(FleetProcess, {
      url: `${fleet}${actPath(encodeURIComponent(name), act.kind)}`,
      method: "POST",
      withCookie: true,
      timeoutMs: ACT_TIMEOUT_MS,
    });
  }

  #noteAct(act: Omit<DoneAct, "atMs">): void {
    const acts = new Map(this.sight.acts).set(act.name, { ...act, atMs: performance.now() });
    this.sight = { ...this.sight, acts };
    this.#changed();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    if (this.#neighbours === undefined) {
      const fetched = await fetchNeighbours();
      if (fetched.ok) {
        this.#neighbours = fetched.answer;
        this.sight = { ...this.sight, steeringUrl: fetched.answer.steering ?? undefined };
      }
    }
    await Promise.all([this.#askSteering(), this.#askFleet()]);
    this.#asking = false;
    this.#changed();
  }

  async #askSteering(): Promise<void> {
    const steering = this.#neighbours?.steering;
    if (steering == null) return;
    const fetched = await fetchChecked(FleetView, {
      url: `${steering}${FLEET_PATH}`,
      timeoutMs: ASK_TIMEOUT_MS,
      leaving: this.#leaving.signal,
    });
    if (!fetched.ok) {
      this.sight = { ...this.sight, steering: "unreachable" };
      return;
    }
    const { appliances, failOpen } = fetched.answer;
    this.sight = {
      ...this.sight,
      steering: "answers",
      judged: appliances,
      failOpen,
      judgedAtMs: performance.now(),
    };
  }

  async #askFleet(): Promise<void> {
    if (this.#neighbours === undefined) return;
    const { fleet } = this.#neighbours;
    if (fleet === null) {
      this.sight = { ...this.sight, control: "none" };
      return;
    }
    const leaving = this.#leaving.signal;
    const [list, operator] = await Promise.all([
      fetchChecked(ProcessList, {
        url: `${fleet}${PROCESSES_PATH}`,
        timeoutMs: ASK_TIMEOUT_MS,
        leaving,
      }),
      fetchChecked(Operator, {
        url: `${fleet}${OPERATOR_PATH}`,
        timeoutMs: ASK_TIMEOUT_MS,
        withCookie: true,
        leaving,
      }),
    ]);
    if (!list.ok) {
      // What ran a while ago says nothing about what runs now.
      this.sight = { ...this.sight, processes: [], control: "unreachable" };
      return;
    }
    this.sight = {
      ...this.sight,
      processes: list.answer.processes,
      control: operator.ok && operator.answer.mayAct ? "operator" : "viewer",
    };
  }
}

function failureOf(fetched: Fetched<unknown>): string | undefined {
  if (fetched.ok) return undefined;
  return fetched.reason === "refused" ? fetched.detail : "the fleet did not answer";
}
