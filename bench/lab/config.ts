/** What `npm run lab` can be told. */
import { type Static, Type } from "typebox";
import type { LabLink, LabMode, LabSteering } from "../contract/lab-result.ts";
import { FAULT_GROUPS } from "../core/lab/lab-fault.ts";
import { LAB_PLAYERS } from "../core/lab/lab-player.ts";

const oneOf = <const Names extends readonly string[]>(
  names: Names,
  first: Names[number],
  about: string,
) =>
  Type.Union(
    names.map((name) => Type.Literal(name as Names[number])),
    { default: first, description: `${names.join(", ")}: ${about}` },
  );
const seconds = (first: number, about: string) =>
  Type.Number({ minimum: 1, maximum: 3_600, default: first, description: about });

export const LabConfig = Type.Object({
  players: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    default: LAB_PLAYERS.filter(({ worker }) => !worker).map(({ name }) => name),
    description: "with commas between; --list names all",
  }),
  faults: Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    default: ["midplay"],
    description: `with commas between, or ${Object.keys(FAULT_GROUPS).join(", ")}; --list names all. A control without a fault is always run too`,
  }),
  mode: oneOf(["live", "vod", "both"], "live", "what is played"),
  link: oneOf(
    ["open", "20mbit", "both"],
    "open",
    "the viewer's link, narrowed in the lab's servers",
  ),
  steering: oneOf(["up", "down", "both"], "up", "whether the steering server answers"),
  runs: Type.Integer({ minimum: 1, maximum: 100, default: 1, description: "of each" }),
  parallel: Type.Integer({
    minimum: 1,
    maximum: 16,
    default: 2,
    description: "players at a time: each decodes a picture",
  }),
  bufferSeconds: seconds(12, "that players are to load ahead"),
  faultAtSeconds: seconds(14, "from the page's opening to the fault"),
  faultSeconds: seconds(30, "that a fault lasts, but for some that are shorter by nature"),
  afterSeconds: seconds(25, "that a run goes on after that"),
  json: Type.Optional(
    Type.String({
      minLength: 1,
      description: "file for the results; what it has already is not run again",
    }),
  ),
  html: Type.Optional(
    Type.String({ minLength: 1, description: "file for the results as a page with timelines" }),
  ),
  markdown: Type.Optional(
    Type.String({ minLength: 1, description: "file for the results as tables for a README" }),
  ),
  resume: Type.Optional(
    Type.String({
      minLength: 1,
      description: "file with results to go on from, instead of --json",
    }),
  ),
  fresh: Type.Boolean({ default: false, description: "run everything anew" }),
  list: Type.Boolean({ default: false, description: "say which players and faults there are" }),
});
export type LabConfig = Static<typeof LabConfig>;

export const LINK_BYTES_PER_SECOND: Readonly<Record<LabLink, number>> = {
  open: Number.POSITIVE_INFINITY,
  "20mbit": 20_000_000 / 8,
};

export function modesOf({ mode }: LabConfig): LabMode[] {
  return mode === "both" ? ["live", "vod"] : [mode];
}

export function linksOf({ link }: LabConfig): LabLink[] {
  return link === "both" ? ["open", "20mbit"] : [link];
}

export function steeringsOf({ steering }: LabConfig): LabSteering[] {
  return steering === "both" ? ["up", "down"] : [steering];
}
