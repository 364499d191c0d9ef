/**
 * A button that opens the menu of faults for one appliance: for how long, and which one.
 *
 * A menu as people know it from their desktop: arrows, Home, End and first letters move, Escape and a
 * click elsewhere close, and the focus returns to the button. The browser's `popover` puts it above
 * everything, so that no scrolling box cuts it off.
 */
import "./fault-menu.css";
import { html } from "lit";
import { FAULT_NAMES, type FaultName } from "../../chaos/contract/faults.ts";
import { DEFAULT_FAULT_SECONDS, FAULT_SECONDS_CHOICES, FAULT_WORDS } from "../core/fault-words.ts";
import { placeMenu } from "../core/menu-place.ts";
import { type MenuSpot, stepInMenu } from "../core/menu-steps.ts";
import { wholeSecondsWords } from "../core/quantity-words.ts";
import type { FaultAct } from "../wire/fault-watch.ts";
import { PlainElement } from "./plain-element.ts";

class FaultMenu extends PlainElement {
  static override properties = {
    target: {},
    word: {},
    seconds: { state: true },
    isOpen: { state: true },
  };
  /** The appliance. */
  declare target: string;
  /** What stands on the button. */
  declare word: string;
  declare seconds: number;
  declare isOpen: boolean;

  constructor() {
    super();
    this.word = "Break";
    this.seconds = DEFAULT_FAULT_SECONDS;
    this.isOpen = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watchTheWindow("off");
  }

  override focus(): void {
    this.#opener?.focus();
  }

  protected override render() {
    const id = `faults-of-${this.target}`;
    return html`
      <button
        class="button button--quiet opener"
        data-act="break"
        popovertarget=${id}
        aria-haspopup="menu"
        aria-expanded=${this.isOpen}
        aria-label="${this.word} ${this.target}"
        @click=${this.#onOpener}
        @keydown=${this.#onOpenerKey}
      >
        ${this.word} <span class="chevron" aria-hidden="true"></span>
      </button>
      <div
        class="menu"
        id=${id}
        popover="auto"
        role="menu"
        aria-label="Break ${this.target}"
        @toggle=${this.#onToggle}
        @keydown=${this.#onKey}
      >
        <div class="seconds" role="group" aria-labelledby="${id}-seconds">
          <span class="heading" id="${id}-seconds">Heals by itself after</span>
          ${FAULT_SECONDS_CHOICES.map((seconds) => this.#renderSeconds(seconds))}
        </div>
        <div class="faults" role="group" aria-label="Fault">
          ${FAULT_NAMES.map((fault) => this.#renderFault(fault))}
        </div>
      </div>
    `;
  }

  #renderSeconds(seconds: number) {
    return html`<button
      class="tabular"
      role="menuitemradio"
      tabindex="-1"
      aria-checked=${seconds === this.seconds}
      data-fault-seconds=${seconds}
      @click=${() => {
        this.seconds = seconds;
      }}
    >
      ${wholeSecondsWords(seconds)}
    </button>`;
  }

  #renderFault(fault: FaultName) {
    const { name, explanation } = FAULT_WORDS[fault];
    return html`<button
      role="menuitem"
      tabindex="-1"
      data-fault-name=${fault}
      @click=${() => this.#choose(fault)}
    >
      <span class="name">${name}</span>
      <span class="explanation">${explanation}</span>
    </button>`;
  }

  #choose(fault: FaultName): void {
    this.#menu?.hidePopover();
    this.#opener?.focus();
    const detail: FaultAct = { kind: "break", fault, seconds: this.seconds };
    this.dispatchEvent(new CustomEvent("act", { detail }));
  }

  get #opener(): HTMLButtonElement | null {
    return this.querySelector<HTMLButtonElement>(".opener");
  }

  get #menu(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".menu");
  }

  /** Opens by itself rather than leave it to the browser, so that the first frame is in its place. */
  readonly #onOpener = (event: MouseEvent): void => {
    event.preventDefault();
    this.#menu?.togglePopover();
    if (this.#menu?.matches(":popover-open") === true) this.#settle(0);
  };

  readonly #onOpenerKey = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    this.#menu?.showPopover();
    this.#settle(event.key === "ArrowDown" ? 0 : -1);
  };

  /** @param focused which of the faults gets the focus */
  #settle(focused: 0 | -1): void {
    const opener = this.#opener;
    const menu = this.#menu;
    if (opener === null || menu === null) return;
    menu.style.maxHeight = "";
    const { left, top, maxHeight } = placeMenu(
      opener.getBoundingClientRect(),
      menu.getBoundingClientRect(),
      { width: document.documentElement.clientWidth, height: innerHeight },
    );
    Object.assign(menu.style, {
      left: `${left}px`,
      top: `${top}px`,
      maxHeight: `${maxHeight}px`,
    });
    this.#items("faults").at(focused)?.focus();
  }

  readonly #onToggle = (event: ToggleEvent): void => {
    this.isOpen = event.newState === "open";
    this.#watchTheWindow(this.isOpen ? "on" : "off");
  };

  /** The menu stands where its button was: once that moves, it closes. */
  #watchTheWindow(state: "on" | "off"): void {
    const listen = state === "on" ? "addEventListener" : "removeEventListener";
    document[listen]("scroll", this.#onMoved, true);
    window[listen]("resize", this.#onMoved);
  }

  readonly #onMoved = (event: Event): void => {
    if (event.target !== this.#menu) this.#menu?.hidePopover();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === "Tab") {
      // The focus goes back to the button, and on from there.
      this.#menu?.hidePopover();
      return;
    }
    const from = this.#spotOf(event.target);
    if (from === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const to = stepInMenu(event.key, from, {
      seconds: FAULT_SECONDS_CHOICES,
      chosen: FAULT_SECONDS_CHOICES.indexOf(this.seconds),
      faults: FAULT_NAMES.map((fault) => FAULT_WORDS[fault].name),
    });
    if (to === undefined) return;
    event.preventDefault();
    this.#items(to.part)[to.index]?.focus();
    if (to.part === "seconds") this.seconds = FAULT_SECONDS_CHOICES[to.index] ?? this.seconds;
  };

  #spotOf(target: EventTarget | null): MenuSpot | undefined {
    return (["seconds", "faults"] as const)
      .map((part) => ({ part, index: this.#items(part).indexOf(target as HTMLElement) }))
      .find(({ index }) => index >= 0);
  }

  #items(part: MenuSpot["part"]): readonly HTMLElement[] {
    return [...(this.#menu?.querySelectorAll<HTMLElement>(`.${part} button`) ?? [])];
  }
}

export type { FaultMenu };

customElements.define("fault-menu", FaultMenu);
