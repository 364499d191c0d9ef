/**
 * Takes in the smaller an object the likelier, with the chance e^(−size/c): what is large has to be
 * asked for several times before it may push out many small ones.
 *
 * After Berger, Sitaraman and Harchol-Balter, "AdaptSize" (NSDI 2017), which seeks c with a model of
 * the whole cache for the most hits. Here c follows the mean size of what is asked for: that is a
 * number instead of a model, and the sizes of segments of one ladder differ by a factor of ten, not
 * by the billion of a web cache.
 */
import {
  ADMIT_INIT,
  type Admission,
  type AdmissionDecision,
  type AdmissionOptions,
  type NewAdmission,
} from "./admission.ts";

export type SizeAwarePolicy = {
  /** c is so many mean sizes. */
  readonly timesMean: number;
  /** What each new size weighs in the mean. */
  readonly weight: number;
};

export const SIZE_AWARE_POLICY: SizeAwarePolicy = { timesMean: 2, weight: 0.001 };

const SMALL: AdmissionDecision = { action: "admit", reason: "small-enough" };
const LARGE: AdmissionDecision = { action: "refuse", reason: "too-large-this-time" };

export const newSizeAware: NewAdmission = (options) => sizeAware(SIZE_AWARE_POLICY, options);

export function sizeAware(policy: SizeAwarePolicy, { random }: AdmissionOptions): Admission {
  const { timesMean, weight } = policy;
  let meanBytes: number | undefined;
  return {
    onRequest: () => {},
    decide(_key, sizeBytes, traits) {
      meanBytes =
        meanBytes === undefined ? sizeBytes : meanBytes + weight * (sizeBytes - meanBytes);
      if (traits?.kind === "init") return ADMIT_INIT;
      return random() < Math.exp(-sizeBytes / (timesMean * meanBytes)) ? SMALL : LARGE;
    },
  };
}
