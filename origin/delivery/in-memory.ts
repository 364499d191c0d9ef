/** A text that the origin wrote itself, to be delivered by the same rules as a file. */
import { createHash } from "node:crypto";
import type { MediaKind } from "../core/media-kind.ts";
import { validatorsOf } from "../library/content-validators.ts";
import type { Deliverable } from "./deliver.ts";

/** It has no date: what it says may change with the program that wrote it. */
export function inMemory(text: string, kind: MediaKind): Deliverable {
  const bytes = Buffer.from(text);
  return {
    ...validatorsOf(createHash("sha256").update(bytes).digest()),
    ...kind,
    sizeBytes: bytes.length,
    read: async ({ first, last }) => bytes.subarray(first, last + 1),
  };
}
