/** The players that the lab knows, and what each can play there. */
import type { LabMode } from "../../contract/lab-result.ts";

export type StockPlayer = "hls" | "shaka" | "vhs" | "dash";

export type LabPlayer = {
  readonly name: string;
  readonly about: string;
  /** The page that plays. */
  readonly page: StockPlayer | "understudy";
  /** Whether our service worker stands between the player and the network. */
  readonly worker: boolean;
  readonly manifest: "hls" | "dash";
  readonly modes: readonly LabMode[];
};

const BOTH: readonly LabMode[] = ["live", "vod"];

export const LAB_PLAYERS: readonly LabPlayer[] = [
  playerOf("understudy", "understudy", "ours, as a page uses it"),
  playerOf("hls", "hls", "hls.js from npm"),
  playerOf("shaka", "shaka", "Shaka from npm"),
  playerOf("vhs", "vhs", "video.js with VHS from npm"),
  playerOf("dash", "dash", "dash.js from npm, on demand only"),
  playerOf("understudy-worker+shaka", "shaka", "Shaka behind our service worker"),
  playerOf("understudy-worker+vhs", "vhs", "video.js behind our service worker"),
  playerOf("understudy-worker+dash", "dash", "dash.js behind our service worker, on demand only"),
];

/** The lab's live channel is HLS alone. */
function playerOf(name: string, page: LabPlayer["page"], about: string): LabPlayer {
  const isDash = page === "dash";
  return {
    name,
    about,
    page,
    worker: name.startsWith("understudy-worker+"),
    manifest: isDash ? "dash" : "hls",
    modes: isDash ? ["vod"] : BOTH,
  };
}

export function findLabPlayer(name: string): LabPlayer | undefined {
  return LAB_PLAYERS.find((player) => player.name === name);
}
