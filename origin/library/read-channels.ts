/**
 * Reads the folder of live channels once, at the start: what each shows, from the titles of the library.
 *
 * A channel that cannot be shown as it is described is left out with one warning: its titles must be
 * there and have the same streams, and its id may not be that of a title. No folder means no channels.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "typebox";
import type { ChannelsPolicy } from "../config.ts";
import { ChannelEntry } from "../contract/catalog.ts";
import { type ChannelProgram, composeProgram } from "../core/channel-program.ts";
import type { TitleLadder } from "../core/title-ladder.ts";
import { readDescription } from "./read-description.ts";
import { readLadder } from "./read-ladder.ts";
import { type Library, LibraryError, type LibraryTitle } from "./read-library.ts";

const { id, name, synopsis, accentColor } = ChannelEntry.properties;
/** As it stands in `<id>.json`. */
const ChannelDescription = Type.Object({
  id,
  name,
  synopsis,
  accentColor,
  titles: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }),
});

export type Channel = Omit<ChannelEntry, "poster" | "sources"> & {
  /** As others ask for it. */
  readonly posterPath: string;
  readonly program: ChannelProgram;
};

export type ChannelsOptions = {
  readonly folder: string;
  readonly library: Library;
  readonly policy: ChannelsPolicy;
  readonly warn: (warning: { readonly channel: string; readonly reason: string }) => void;
};

const EXTENSION = ".json";

export async function readChannels(options: ChannelsOptions): Promise<readonly Channel[]> {
  const { folder, policy, warn } = options;
  const names = await listDescriptions(folder);
  if (names.length > policy.maxChannels) {
    throw new LibraryError(
      `The folder of channels ${folder} holds more than ${policy.maxChannels} channels.`,
    );
  }
  const channels: Channel[] = [];
  for (const channel of names) {
    try {
      channels.push(await readChannel(channel, options));
    } catch (error) {
      warn({ channel, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return channels;
}

async function listDescriptions(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(EXTENSION))
      .map((entry) => entry.name.slice(0, -EXTENSION.length))
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new LibraryError(`Cannot read the folder of channels ${folder}.`, { cause: error });
  }
}

async function readChannel(
  fileName: string,
  { folder, library, policy }: ChannelsOptions,
): Promise<Channel> {
  const description = await readDescription(
    join(folder, `${fileName}${EXTENSION}`),
    ChannelDescription,
    policy.maxChannelFileBytes,
  );
  if (description.id !== fileName) throw new Error(`the file has the id ${description.id}`);
  if (findTitle(library, description.id) !== undefined) {
    throw new Error(`a title has the id ${description.id}`);
  }
  const ladders: TitleLadder[] = [];
  for (const titleId of description.titles) {
    if (findTitle(library, titleId) === undefined) throw new Error(`title ${titleId} is missing`);
    ladders.push(await readLadder(titleId, library.files, policy));
  }
  const composition = composeProgram(ladders);
  if (composition.kind === "refused") throw new Error(composition.reason);
  const { program } = composition;
  const first = findTitle(library, program.titleIds[0]) as LibraryTitle;
  return {
    id: description.id,
    name: description.name,
    synopsis: description.synopsis,
    accentColor: description.accentColor,
    titleIds: description.titles,
    posterPath: first.posterPath,
    program,
  };
}

function findTitle({ titles }: Library, titleId: string | undefined): LibraryTitle | undefined {
  return titles.find((title) => title.id === titleId);
}
