/** What a page gets in a browser in which hls.js cannot play: Node has no Media Source Extensions either. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { PlayerEvents } from "./contract/player-events.ts";
import { createFailoverPlayer, type FailoverPlayer } from "./create-failover-player.ts";

const SOURCES = ["http://a.test/film.m3u8", "http://b.test/film.m3u8"];
const PAGE = "http://page.test/";

before(() => Object.assign(globalThis, { document: { baseURI: PAGE } }));
after(() => Reflect.deleteProperty(globalThis, "document"));

/** A video of which a browser says that it may play HLS, or nothing. */
class Video extends EventTarget {
  readonly loaded: string[] = [];
  readyState = 0;
  error: { readonly message: string } | null = null;
  readonly #mayPlay: "maybe" | "";

  constructor(mayPlay: "maybe" | "") {
    super();
    this.#mayPlay = mayPlay;
  }

  canPlayType(type: string): string {
    return type === "application/vnd.apple.mpegurl" ? this.#mayPlay : "";
  }

  set src(url: string) {
    this.loaded.push(url);
  }

  removeAttribute(name: string): void {
    this.loaded.push(`no ${name}`);
  }

  load(): void {}

  fails(): void {
    this.error = { message: "no such file" };
    this.dispatchEvent(new Event("error"));
  }
}

function opened(mayPlay: "maybe" | "") {
  const video = new Video(mayPlay);
  const player = createFailoverPlayer(video as unknown as HTMLVideoElement, { src: SOURCES });
  const told: PlayerEvents["error"]["code"][] = [];
  player.addEventListener("error", ({ detail }) => told.push(detail.code));
  return { video, player, told };
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

describe("without Media Source Extensions", () => {
  let player: FailoverPlayer | undefined;
  const open = (mayPlay: "maybe" | "") => {
    const all = opened(mayPlay);
    player = all.player;
    return all;
  };
  const ended = () => player?.destroy();

  test("a browser that plays no HLS either is told of, once the page can listen", async (t) => {
    t.after(ended);
    const { video, told } = open("");
    assert.deepEqual(told, []);
    await nextTurn();
    assert.deepEqual(told, ["UNSUPPORTED_BROWSER"]);
    assert.deepEqual(video.loaded, []);
  });

  test("nothing is told of a player that was ended at once", async () => {
    const { player: gone, told } = open("");
    gone.destroy();
    await nextTurn();
    assert.deepEqual(told, []);
  });

  test("a browser that plays HLS plays the best source by itself", async (t) => {
    t.after(ended);
    const { video, told, player: playing } = open("maybe");
    await nextTurn();
    assert.deepEqual(video.loaded, [SOURCES[0]]);
    assert.deepEqual(told, []);
    assert.equal(playing.snapshot().servedBy, undefined);
  });

  test("of what cannot be opened it tries the next place", (t) => {
    t.after(ended);
    const { video, told } = open("maybe");
    video.fails();
    assert.deepEqual([video.loaded, told], [SOURCES, []]);
    video.fails();
    assert.deepEqual([video.loaded, told], [SOURCES, ["MEDIA_ERROR"]]);
  });

  test("what breaks in play is told", (t) => {
    t.after(ended);
    const { video, told } = open("maybe");
    video.readyState = 4;
    video.fails();
    assert.deepEqual([video.loaded, told], [[SOURCES[0]], ["MEDIA_ERROR"]]);
  });

  test("at the end the video is left to the next", () => {
    const { video, player: gone, told } = open("maybe");
    gone.destroy();
    video.fails();
    assert.deepEqual([video.loaded, told], [[SOURCES[0], "no src"], []]);
  });
});
