/**
 * Decides whether an object that may be stored goes to the disk as well as to RAM.
 *
 * A disk is for what outlives a restart. What is believed for a moment, and what is replaced with
 * every segment, would be written and unlinked for ever without being read once; and so would what the
 * admission policy takes for somebody's only visit.
 */
import type { AdmissionDecision } from "./admission/admission.ts";
import { isLivePlaylist } from "./live-playlist.ts";
import { isNotFound, type StoredMetadata } from "./stored-metadata.ts";

export type PlacingDecision =
  | { readonly action: "ram-and-disk"; readonly reason: "lasting" | "there-already" }
  | { readonly action: "ram-only"; readonly reason: "not-found" | "live-playlist" }
  | { readonly action: "ram-only"; readonly reason: RefusalReason };

type RefusalReason = Extract<AdmissionDecision, { readonly action: "refuse" }>["reason"];

export type PlacingQuestion = {
  readonly metadata: StoredMetadata;
  /** An earlier version is on disk: the object has proved its worth. */
  readonly isOnDisk: boolean;
  /** Asked only where the answer counts. */
  readonly admit: () => AdmissionDecision;
};

export function decidePlacing({ metadata, isOnDisk, admit }: PlacingQuestion): PlacingDecision {
  if (isNotFound(metadata.status)) return { action: "ram-only", reason: "not-found" };
  if (isLivePlaylist(metadata)) return { action: "ram-only", reason: "live-playlist" };
  if (isOnDisk) return { action: "ram-and-disk", reason: "there-already" };
  const admission = admit();
  return admission.action === "admit"
    ? { action: "ram-and-disk", reason: "lasting" }
    : { action: "ram-only", reason: admission.reason };
}
