/**
 * Decides whether an object that may be stored goes to the disk as well as to RAM.
 *
 * A disk is for what outlives a restart. What is believed for a moment, and what is replaced with
 * every segment, would be written and unlinked for ever without being read once.
 */
import { isLivePlaylist } from "./live-playlist.ts";
import { isNotFound, type StoredMetadata } from "./stored-metadata.ts";

export type PlacingDecision =
  | { readonly action: "ram-and-disk"; readonly reason: "lasting" }
  | { readonly action: "ram-only"; readonly reason: "not-found" | "live-playlist" };

export function decidePlacing(metadata: StoredMetadata): PlacingDecision {
  if (isNotFound(metadata.status)) return { action: "ram-only", reason: "not-found" };
  if (isLivePlaylist(metadata)) return { action: "ram-only", reason: "live-playlist" };
  return { action: "ram-and-disk", reason: "lasting" };
}
