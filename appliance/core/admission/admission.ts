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
      readonly reason: "always" | "asked-before" | "small-enough" | "init-segment";
    }
  | { readonly action: "refuse"; readonly reason: "asked-once" | "too-large-for-its-use" };

export type Admission = {
  /** To be told of each request of a client, hit or miss. */
  onRequest(key: string): void;
  /** To be asked for what was missed and has come. */
  decide(key: string, sizeBytes: number, traits?: ObjectTraits): AdmissionDecision;
};

export type AdmissionOptions = {
  /** Of the tier before which it stands. */
  readonly limitBytes: number;
  readonly random: () => number;
};

export type NewAdmission = (options: AdmissionOptions) => Admission;
