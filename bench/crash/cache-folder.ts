/** The folder of an appliance, seen and spoiled from outside. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { damageFile, drawFileDamage, type FileDamageKind } from "../../kernel/file-damage.ts";
import type { Random } from "../../kernel/seeded-random.ts";

export type FolderSight = { readonly bytes: number; readonly files: number };

export type Damages = Readonly<Record<FileDamageKind, number>> & {
  /** Whether the journal was among them. */
  readonly isJournalHit: boolean;
};

const JOURNAL = /^objects\.journal/;
/** The journal is one file among many, and hit far too rarely if it were not drawn for itself. */
const JOURNAL_SHARE = 0.5;

export async function lookAtFolder(folder: string): Promise<FolderSight> {
  const names = await readdir(folder);
  let bytes = 0;
  for (const name of names) {
    // A file may be unlinked while it is being counted.
    bytes += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return { bytes, files: names.length };
}

/** Tears, zeroes and flips such a share of the files, and sometimes the journal. */
export async function damageFolder(
  folder: string,
  share: number,
  random: Random,
): Promise<Damages> {
  const damages = { torn: 0, zeroed: 0, flipped: 0, isJournalHit: false };
  // Sorted, so that the same seed hits the same files.
  for (const name of (await readdir(folder)).sort()) {
    const isJournal = JOURNAL.test(name);
    if (random() >= (isJournal ? JOURNAL_SHARE : share)) continue;
    const path = join(folder, name);
    const file = await readFile(path);
    if (file.length === 0) continue;
    const damage = drawFileDamage(file.length, random);
    await writeFile(path, damageFile(file, damage));
    damages[damage.kind] += 1;
    damages.isJournalHit ||= isJournal;
  }
  return damages;
}
