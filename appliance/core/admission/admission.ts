/**
 * What decides whether an object is worth being taken in, before anything has to go for it.
 *
 * Eviction knows only what it holds. A disk also wears with every write, and most of what comes is
 * never asked for again.
 */
import type { ObjectTraits } from "../eviction/cache-index.ts";

export type AdmissionDecision =
  | {
      readonly action: "admit";
      readonly reason: "always" | "asked-before" | "init-segment" | "small-enough";
    }
  | { readonly action: "refuse"; readonly reason: "first-request" | "too-large-this-time" };

export type Admission = {
  /** To be told of each request of a client, hit or miss, before `decide` is asked for its object. */
  onRequest(key: string): void;
  /** To be asked for what was missed and has come. */
  decide(key: string, sizeBytes: number, traits?: ObjectTraits): AdmissionDecision;
};

export type AdmissionOptions = { readonly random: () => number };

export type NewAdmission = (options: AdmissionOptions) => Admission;

/** A kilobyte without which no segment of its rendition can be played. */
export const ADMIT_INIT: AdmissionDecision = { action: "admit", reason: "init-segment" };
