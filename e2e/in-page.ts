/**
 * What a story runs inside the page: each function is sent there as text, so it may use nothing but the
 * page's own globals.
 */
import type { PlayerSnapshot } from "../player/contract/player-events.ts";

export type SampledPicture = { frozenMs: number; watchedMs: number; frames: number };

/** What the watch page leaves for consoles and tests, and what the functions below add. */
export type StoryWindow = Window & {
  readonly understudy: { readonly snapshot: () => PlayerSnapshot };
  sampledPicture: SampledPicture;
  hidePage: (hide: boolean) => void;
  unhiddenInterval: typeof setInterval;
};

/** Runs before the page's own scripts: leaves the time of the first presented frame as a mark. */
export function markFirstFrame(): void {
  const looking = setInterval(() => {
    const video = document.querySelector("video");
    if (video === null) return;
    clearInterval(looking);
    video.requestVideoFrameCallback(() => performance.mark("first-frame"));
  }, 20);
}

/**
 * Runs in the page before its own scripts. Headless Chromium hides no page, so this does what Chromium
 * does to a hidden one: timers run once a second, frames are not drawn, and the page is told.
 */
export function makeHideable(): void {
  const page = window as unknown as StoryWindow;
  const plainInterval = window.setInterval.bind(window);
  const plainTimeout = window.setTimeout.bind(window);
  const plainFrame = window.requestAnimationFrame.bind(window);
  const hiddenTimerMs = 1_000;
  let isHidden = false;
  page.unhiddenInterval = plainInterval as typeof setInterval;
  page.hidePage = (hide) => {
    isHidden = hide;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  Object.defineProperty(document, "visibilityState", {
    get: () => (isHidden ? "hidden" : "visible"),
  });
  const replaced = {
    setInterval: (run: (...given: unknown[]) => void, everyMs?: number, ...given: unknown[]) => {
      let ranMs = performance.now();
      return plainInterval(() => {
        if (isHidden && performance.now() - ranMs < hiddenTimerMs) return;
        ranMs = performance.now();
        run(...given);
      }, everyMs);
    },
    setTimeout: (run: (...given: unknown[]) => void, afterMs = 0, ...given: unknown[]) =>
      plainTimeout(() => run(...given), isHidden ? Math.max(afterMs, hiddenTimerMs) : afterMs),
    requestAnimationFrame: (draw: FrameRequestCallback) =>
      plainFrame((atMs) => (isHidden ? window.requestAnimationFrame(draw) : draw(atMs))),
  };
  Object.assign(window, replaced);
}

/** Runs in the page. Samples every 250 ms; what a viewer paused, sought or finished is no freeze. */
export function watchPicture(): void {
  const video = document.querySelector<HTMLVideoElement>('[data-testid="video"]');
  const sampled: SampledPicture = { frozenMs: 0, watchedMs: 0, frames: 0 };
  (window as unknown as StoryWindow).sampledPicture = sampled;
  if (video === null) throw new Error("the page has no video");

  const countFrame = () => {
    if (!video.seeking) sampled.frames += 1;
    video.requestVideoFrameCallback(countFrame);
  };
  video.requestVideoFrameCallback(countFrame);

  let last = { atMs: performance.now(), time: video.currentTime };
  (window as unknown as StoryWindow).unhiddenInterval(() => {
    const now = { atMs: performance.now(), time: video.currentTime };
    const isAtRest = video.paused || video.ended || video.seeking;
    if (!isAtRest) {
      sampled.watchedMs += now.atMs - last.atMs;
      if (now.time === last.time) sampled.frozenMs += now.atMs - last.atMs;
    }
    last = now;
  }, 250);
}
