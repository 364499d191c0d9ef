/**
 * A person in front of the watch page, who knows nothing but the picture.
 *
 * Whether it froze is measured, not believed: the page's clock, the video's and the count of frames
 * that were really presented are sampled four times a second from the first frame on.
 */
import { expect, type Page } from "playwright/test";
import type { PlayerSnapshot } from "../player/contract/player-events.ts";

export type Picture = {
  /** Sum of all sampled intervals in which a playing video did not advance. */
  readonly frozenSeconds: number;
  readonly watchedSeconds: number;
  /** Frames presented per second of watching. */
  readonly framesPerSecond: number;
};

type Sampled = { frozenMs: number; watchedMs: number; frames: number };

/** What the watch page leaves for consoles and tests, and what `watchPicture` adds. */
type WatchedWindow = Window & {
  readonly understudy: { readonly snapshot: () => PlayerSnapshot };
  sampledPicture: Sampled;
};

export class Viewer {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a title and waits for its first frame. */
  async opens(url: string): Promise<void> {
    await this.page.goto(url);
    await this.seesFirstFrame();
    await this.page.evaluate(watchPicture);
  }

  async seesFirstFrame(): Promise<void> {
    await expect
      .poll(() => this.#video((video) => video.readyState >= 2 && video.currentTime > 0), {
        message: "the picture begins to move",
        timeout: 30_000,
      })
      .toBe(true);
  }

  async currentTime(): Promise<number> {
    return this.#video((video) => video.currentTime);
  }

  async seeksTo(seconds: number): Promise<void> {
    await this.page.getByTestId("video").evaluate((video: HTMLVideoElement, to) => {
      video.currentTime = to;
    }, seconds);
  }

  async playsAtRate(rate: number): Promise<void> {
    await this.page.getByTestId("video").evaluate((video: HTMLVideoElement, to) => {
      video.playbackRate = to;
    }, rate);
  }

  /** Waits until the picture has advanced by so much media time from here. */
  async watches(seconds: number): Promise<void> {
    const from = await this.currentTime();
    await expect
      .poll(() => this.currentTime(), {
        message: `the picture advances by ${seconds} s`,
        timeout: (seconds + 20) * 1_000,
      })
      .toBeGreaterThan(from + seconds);
  }

  async seesTheEnd(): Promise<void> {
    await expect
      .poll(() => this.#video((video) => video.ended), { timeout: 90_000, message: "the end" })
      .toBe(true);
  }

  async servedBy(): Promise<string> {
    await expect(this.page.getByTestId("served-by")).not.toBeEmpty();
    return (
      (await this.page.evaluate(
        () => (window as unknown as WatchedWindow).understudy.snapshot().servedBy,
      )) ?? ""
    );
  }

  async isServedBy(pathway: string, withinMs: number): Promise<void> {
    await expect
      .poll(
        () =>
          this.page.evaluate(
            () => (window as unknown as WatchedWindow).understudy.snapshot().servedBy,
          ),
        {
          message: `served by ${pathway}`,
          timeout: withinMs,
        },
      )
      .toBe(pathway);
  }

  /** Waits for a line in the page's own list of what happened. */
  async isTold(event: "failover" | "failback" | "resume" | "degraded", withinMs = 15_000) {
    const line = this.page.getByTestId("events").locator(`[data-event="${event}"]`).first();
    await expect(line).toBeAttached({ timeout: withinMs });
    return line;
  }

  async snapshot(): Promise<PlayerSnapshot> {
    return this.page.evaluate(() => (window as unknown as WatchedWindow).understudy.snapshot());
  }

  async picture(): Promise<Picture> {
    const { frozenMs, watchedMs, frames } = await this.page.evaluate(
      () => (window as unknown as WatchedWindow).sampledPicture,
    );
    return {
      frozenSeconds: frozenMs / 1_000,
      watchedSeconds: watchedMs / 1_000,
      framesPerSecond: frames / (watchedMs / 1_000),
    };
  }

  #video<Value>(look: (video: HTMLVideoElement) => Value): Promise<Value> {
    return this.page.getByTestId("video").evaluate(look);
  }
}

/** Runs in the page. Samples every 250 ms; what a viewer paused, sought or finished is no freeze. */
function watchPicture(): void {
  const video = document.querySelector<HTMLVideoElement>('[data-testid="video"]') ?? deepVideo();
  const sampled: Sampled = { frozenMs: 0, watchedMs: 0, frames: 0 };
  (window as unknown as WatchedWindow).sampledPicture = sampled;
  if (video === null) throw new Error("the page has no video");

  const countFrame = () => {
    sampled.frames += 1;
    video.requestVideoFrameCallback(countFrame);
  };
  video.requestVideoFrameCallback(countFrame);

  let last = { atMs: performance.now(), time: video.currentTime };
  setInterval(() => {
    const now = { atMs: performance.now(), time: video.currentTime };
    const isAtRest = video.paused || video.ended || video.seeking;
    if (!isAtRest) {
      sampled.watchedMs += now.atMs - last.atMs;
      if (now.time === last.time) sampled.frozenMs += now.atMs - last.atMs;
    }
    last = now;
  }, 250);

  function deepVideo(): HTMLVideoElement | null {
    const roots: (Document | ShadowRoot)[] = [document];
    for (const root of roots) {
      const found = root.querySelector("video");
      if (found !== null) return found;
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot !== null) roots.push(element.shadowRoot);
      }
    }
    return null;
  }
}
