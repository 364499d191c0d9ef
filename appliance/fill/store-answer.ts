/**
 * Puts a finished answer where those who ask find it: a variant beside its siblings with an index of them,
 * a part joined to the part that is there, everything else under its own name.
 */
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { isPart, joinParts, type PartMetadata } from "../core/stored-part.ts";
import { indexWith, isVariantKey, targetOf, varyNamesOf } from "../core/variant.ts";
import type { Tiers } from "../store/tiers.ts";

export type VariantPolicy = {
  /** Variants of one URL that are kept, the newest ones. */
  readonly maxVariants: number;
};

/** Resolves when a newcomer would find it; undefined where it can be already, or never will be. */
export function storeAnswer(
  tiers: Tiers,
  metadata: StoredMetadata,
  body: Buffer,
  policy: VariantPolicy,
): Promise<void> | undefined {
  if (isVariantKey(metadata.key)) indexVariant(tiers, metadata, policy);
  else if (isErrorForSome(tiers, metadata)) return undefined;
  else forgetVariants(tiers, metadata.key);
  if (isPart(metadata)) return storePart(tiers, metadata, body);
  return tiers.write(metadata, body);
}

/** Nothing that is stored for this target is used again, in no variant. */
export function invalidateTarget(tiers: Tiers, target: string): void {
  forgetVariants(tiers, target);
  tiers.remove(target);
}

/**
 * Few origins write `Vary` on their errors: where answers vary, this one may be what a single client's request
 * has brought about, and all others would be given it in place of what suits them.
 */
function isErrorForSome(tiers: Tiers, { key, status }: StoredMetadata): boolean {
  return status >= 400 && tiers.peek(key)?.variants !== undefined;
}

function indexVariant(tiers: Tiers, variant: StoredMetadata, { maxVariants }: VariantPolicy): void {
  const names = varyNamesOf(variant.fields);
  if (names === "anything") return;
  const earlier = tiers.peek(targetOf(variant.key));
  const index = indexWith(earlier, variant, names, maxVariants);
  const kept = new Set(index.variants?.map(({ key }) => key));
  for (const { key } of earlier?.variants ?? []) if (!kept.has(key)) tiers.remove(key);
  void tiers.write(index, NO_BODY);
}

function forgetVariants(tiers: Tiers, target: string): void {
  for (const { key } of tiers.peek(target)?.variants ?? []) tiers.remove(key);
}

async function storePart(tiers: Tiers, arrived: PartMetadata, body: Buffer): Promise<void> {
  const join = joinParts(tiers.peek(arrived.key), arrived);
  if (join === undefined) return tiers.write(arrived, body);
  const stored = await tiers.read(arrived.key);
  // Joined is what is in memory; a part on disk that is too large to be read whole is replaced.
  if (stored?.kind !== "memory") {
    if (stored?.kind === "file") stored.release();
    return tiers.write(arrived, body);
  }
  const pieces = join.pieces.map(({ of, from, to }) =>
    (of === "stored" ? stored.bytes : body).subarray(from, to),
  );
  return tiers.write(join.metadata, Buffer.concat(pieces));
}

const NO_BODY = Buffer.alloc(0);
