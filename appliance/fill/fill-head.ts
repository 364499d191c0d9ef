/** The head of the origin's answer as those who read a fill see it, with what is to be done with the body. */
import type { HeaderFields } from "../core/response-headers.ts";
import type { SlicingDecision } from "../core/slicing.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";

/** What is done with an answer, decided when its head has come. */
export type FillPlan =
  | SlicingDecision
  /** For the request that brought it about, which went its own way. */
  | { readonly action: "pass"; readonly reason: string }
  /** What is stored is still right (304). */
  | { readonly action: "unchanged"; readonly reason: "not-modified" };

export type FillHead = {
  readonly status: number;
  readonly plan: FillPlan;
  /** Undefined where the origin does not say. */
  readonly sizeBytes: number | undefined;
  /** What is stored of the answer, or would be if it were. */
  readonly metadata: StoredMetadata;
  /** What beside the metadata's fields is told to the client that asked, and to no other. */
  readonly privateFields?: HeaderFields | undefined;
  /** Of a part, as the origin gave it: for all who asked for this part. */
  readonly contentRange?: string | undefined;
};
