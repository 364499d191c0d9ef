/**
 * What players are told in every answer of how the appliance is doing: worked out a few times a second,
 * because with every request it would cost more than it says.
 */
import { type DynamicState, formatDynamicHint } from "../core/dynamic-hint.ts";

export class PlayerHint {
  readonly #id: string;
  /** The value of `CMSD-Dynamic`. */
  text: string;

  constructor(id: string, state: DynamicState) {
    this.#id = id;
    this.text = formatDynamicHint(id, state);
  }

  update(state: DynamicState): void {
    this.text = formatDynamicHint(this.#id, state);
  }
}
