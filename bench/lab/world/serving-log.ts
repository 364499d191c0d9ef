/** What the lab sees of one player's requests: at the sources, in the proxies, and at the browser's edge. */
import type { LabPathway } from "../../contract/lab-result.ts";
import type { LabExchange, LabTouch } from "../../core/lab/judge-serving.ts";

type Noted = { -readonly [Key in keyof LabExchange]: LabExchange[Key] } & { isOver: boolean };

export class ServingLog {
  readonly #elapsedSeconds: () => number;
  readonly #exchanges: Noted[] = [];
  readonly #touches: LabTouch[] = [];
  readonly #asked: ((pathway: LabPathway, kind: LabExchange["kind"]) => void)[] = [];

  /** @param elapsedSeconds since the page opened. */
  constructor(elapsedSeconds: () => number) {
    this.#elapsedSeconds = elapsedSeconds;
  }

  get exchanges(): readonly LabExchange[] {
    return this.#exchanges;
  }

  get touches(): readonly LabTouch[] {
    return this.#touches;
  }

  /** A source was asked. */
  noteAsked(
    asked: Omit<LabExchange, "askedSeconds" | "lastByteSeconds" | "passedBytes" | "isWhole">,
  ): void {
    const atSeconds = this.#elapsedSeconds();
    const come = { passedBytes: 0, isWhole: false, isOver: false };
    this.#exchanges.push({
      ...asked,
      ...come,
      askedSeconds: atSeconds,
      lastByteSeconds: atSeconds,
    });
    for (const listen of this.#asked) listen(asked.pathway, asked.kind);
  }

  onAsked(listen: (pathway: LabPathway, kind: LabExchange["kind"]) => void): void {
    this.#asked.push(listen);
  }

  /** Content passed a proxy. It belongs to the last request for its path that is not over yet. */
  notePassed(
    pathway: LabPathway,
    path: string,
    { contentBytes, isWhole }: { readonly contentBytes: number; readonly isWhole: boolean },
  ): void {
    const exchange = this.#exchanges.findLast(
      (each) => each.pathway === pathway && each.path === path && !each.isOver,
    );
    if (exchange === undefined) return;
    exchange.passedBytes += contentBytes;
    exchange.lastByteSeconds = this.#elapsedSeconds();
    exchange.isOver = isWhole;
    exchange.isWhole = isWhole && !exchange.isLie;
  }

  /** @param atSeconds now, if it is not said. */
  noteTouched(path: string, atSeconds = this.#elapsedSeconds()): void {
    this.#touches.push({ atSeconds, path });
  }
}
