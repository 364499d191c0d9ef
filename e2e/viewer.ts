/**
 * A person in front of the watch page, who knows nothing but the picture.
 *
 * Whether it froze is measured, not believed: the page's clock, the video's and the count of frames
 * that were really presented are sampled four times a second, once the first frame was seen.
 */
import { expect, type Page } from "playwright/test";
import type { PlayerSnapshot } from "../player/contract/player-events.ts";
import { makeHideable, markFirstFrame, type StoryWindow, watchPicture } from "./in-page.ts";
import { noteFigure } from "./note-figure.ts";

export type Picture = {
  /** Sum of all sampled intervals in which a playing video did not advance. */
  readonly frozenSeconds: number;
  readonly watchedSeconds: number;
  /** Frames presented per second of watching. */
  readonly framesPerSecond: number;
};

export class Viewer {
  readonly page: Page;
  #isPrepared = false;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a title and waits for its first frame. On a bare page, `play` begins to play it. */
  async opens(url: string, play?: () => Promise<void>): Promise<void> {
    if (!this.#isPrepared) {
      await this.page.addInitScript(makeHideable);
      await this.page.addInitScript(markFirstFrame);
      this.#isPrepared = true;
    }
    await this.page.goto(url);
    await play?.();
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

  async pauses(): Promise<void> {
    await this.#video((video) => video.pause());
  }

  async resumes(): Promise<void> {
    await this.#video((video) => video.play());
  }

  /** Goes to another tab, as it were; `looksAgain` comes back. */
  async looksAway(): Promise<void> {
    await this.page.evaluate(() => (window as unknown as StoryWindow).hidePage(true));
  }

  async looksAgain(): Promise<void> {
    await this.page.evaluate(() => (window as unknown as StoryWindow).hidePage(false));
  }

  /** From the navigation to the first frame that was presented. */
  async firstFrameAfterMs(): Promise<number> {
    await this.seesFirstFrame();
    const afterMs = await this.page.evaluate(
      () => performance.getEntriesByName("first-frame")[0]?.startTime ?? Number.NaN,
    );
    noteFigure(`first frame after ${(afterMs / 1_000).toFixed(2)} s`);
    return afterMs;
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

  /** The picture moves, from wherever it is now. */
  async seesPictureWithin(limitMs: number): Promise<void> {
    const fromMs = performance.now();
    const from = await this.currentTime();
    await expect
      .poll(() => this.#video((video) => (video.seeking ? -1 : video.currentTime)), {
        message: "the picture moves",
        timeout: limitMs,
        intervals: [50],
      })
      .toBeGreaterThan(from + 0.1);
    noteFigure(`picture moves after ${((performance.now() - fromMs) / 1_000).toFixed(2)} s`);
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

  /** Longer than what is in hand now: nobody gets through that on the buffer alone. */
  async watchesBeyondBuffer(): Promise<void> {
    const { bufferSeconds } = await this.snapshot();
    await this.watches(bufferSeconds + 2);
  }

  async seesTheEnd(): Promise<void> {
    await expect
      .poll(() => this.#video((video) => video.ended), { timeout: 90_000, message: "the end" })
      .toBe(true);
  }

  async servedBy(): Promise<string> {
    await expect(this.page.getByTestId("served-by")).not.toBeEmpty();
    return (await this.snapshot()).servedBy ?? "";
  }

  /**
   * Waits until the viewer is where steering wants it, and has returned if it was moved: on a busy machine
   * what has just started is slow, so that a page may begin without steering, and steering may move a viewer
   * once before anything is broken.
   */
  async settles(): Promise<string> {
    await expect
      .poll(
        async () => {
          const { servedBy, pathways, counts, steering } = await this.snapshot();
          const isHome = counts.failovers === 0 || counts.failbacks > 0;
          const isFirst = servedBy === pathways[0]?.id;
          const others = pathways.map(({ id, state }) => `${id} ${state}`).join(", ");
          // Words, so that a failure says what was missing.
          return isHome && isFirst && steering === "following"
            ? "settled"
            : `${steering}, served by ${servedBy} of ${others}, ${counts.failovers} failovers`;
        },
        { message: "served by the first of its pathways, as steering has them", timeout: 20_000 },
      )
      .toBe("settled");
    return (await this.snapshot()).servedBy ?? "";
  }

  async counts(): Promise<Pick<PlayerSnapshot["counts"], "failovers" | "failbacks" | "resumes">> {
    const { failovers, failbacks, resumes } = (await this.snapshot()).counts;
    return { failovers, failbacks, resumes };
  }

  async isServedBy(pathway: string, withinMs: number): Promise<void> {
    const fromMs = performance.now();
    await expect
      .poll(async () => (await this.snapshot()).servedBy, {
        message: `served by ${pathway}`,
        timeout: withinMs,
        intervals: [100],
      })
      .toBe(pathway);
    noteFigure(`served by ${pathway} after ${((performance.now() - fromMs) / 1_000).toFixed(1)} s`);
  }

  async isServedByAnother(pathway: string, withinMs: number): Promise<void> {
    const fromMs = performance.now();
    await expect
      .poll(async () => (await this.snapshot()).servedBy, {
        message: `served by another than ${pathway}`,
        timeout: withinMs,
        intervals: [100],
      })
      .not.toBe(pathway);
    noteFigure(`left ${pathway} after ${((performance.now() - fromMs) / 1_000).toFixed(1)} s`);
  }

  /** Waits for a line in the page's own list of what happened. */
  async isTold(event: "failover" | "failback" | "resume" | "degraded", withinMs = 15_000) {
    const line = this.page.getByTestId("events").locator(`[data-event="${event}"]`).first();
    await expect(line).toBeAttached({ timeout: withinMs });
    return line;
  }

  /** Waits until the picture is shown in so many lines. */
  async seesRendition(height: number, withinMs: number): Promise<void> {
    const fromMs = performance.now();
    await expect
      .poll(async () => (await this.snapshot()).rendition?.height, {
        message: `a picture of ${height} lines`,
        timeout: withinMs,
      })
      .toBe(height);
    noteFigure(`${height} lines after ${((performance.now() - fromMs) / 1_000).toFixed(1)} s`);
  }

  async snapshot(): Promise<PlayerSnapshot> {
    return this.page.evaluate(() => (window as unknown as StoryWindow).understudy.snapshot());
  }

  async picture(): Promise<Picture> {
    const { frozenMs, watchedMs, frames } = await this.page.evaluate(
      () => (window as unknown as StoryWindow).sampledPicture,
    );
    const picture = {
      frozenSeconds: frozenMs / 1_000,
      watchedSeconds: watchedMs / 1_000,
      framesPerSecond: frames / (watchedMs / 1_000),
    };
    const { frozenSeconds, watchedSeconds, framesPerSecond } = picture;
    noteFigure(
      `frozen ${frozenSeconds.toFixed(2)} of ${watchedSeconds.toFixed(1)} s, ${framesPerSecond.toFixed(1)} frames/s`,
    );
    return picture;
  }

  #video<Value>(look: (video: HTMLVideoElement) => Value): Promise<Value> {
    return this.page.getByTestId("video").evaluate(look);
  }
}
