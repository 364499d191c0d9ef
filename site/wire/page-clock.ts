/**
 * The page's one loop: calls `tick` four times a second while the element is in the document.
 *
 * Everything that ages, polls or counts hangs on it, so that no part sets timers of its own.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const TICK_EVERY_MS = 250;

export class PageClock implements ReactiveController {
  nowMs = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #tick: (nowMs: number) => void;
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost, tick: (nowMs: number) => void) {
    this.#host = host;
    this.#tick = tick;
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(() => {
      this.nowMs = performance.now();
      this.#tick(this.nowMs);
      this.#host.requestUpdate();
    }, TICK_EVERY_MS);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
