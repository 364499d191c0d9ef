/**
 * Reads the file that names pathways that are not ours: real CDNs, where viewers are, and how far one
 * region is from another.
 *
 * What is wrong is told by line and field, in one go. The file is taken whole or not at all: half of a
 * file would send viewers where nobody meant to.
 */
import ipaddr from "ipaddr.js";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { listMisfits } from "../../chassis/list-misfits.ts";
import { ApplianceId, RegionName } from "../contract/appliance-lease.ts";

const PathwayId = { ...ApplianceId, form: "1 to 64 letters, digits, dots, - and _" };
const Region = { ...RegionName, form: "1 to 32 of a-z, 0-9 and -" };
const CdnEntry = Type.Object(
  {
    id: PathwayId,
    url: Type.String({
      pattern: "^https?://[^?#@\\s]+$",
      maxLength: 256,
      form: "http(s)://host[:port][/path] of at most 256 characters, no query",
    }),
    region: Region,
    cost: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000 })),
    weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
    probePath: Type.Optional(
      Type.String({ pattern: "^/[!-~]*$", maxLength: 1_024, form: "a path that begins with /" }),
    ),
  },
  { additionalProperties: false },
);
const NetworkEntry = Type.Object(
  { cidr: Type.String({ maxLength: 64 }), region: Region },
  { additionalProperties: false },
);
const DistanceEntry = Type.Object(
  {
    between: Type.Array(Region, { minItems: 2, maxItems: 2 }),
    distance: Type.Number({ minimum: 0, maximum: 1 }),
  },
  { additionalProperties: false },
);
const FileContent = Type.Object(
  {
    pathways: Type.Array(CdnEntry, { maxItems: 200 }),
    networks: Type.Optional(Type.Array(NetworkEntry, { maxItems: 10_000 })),
    distances: Type.Optional(Type.Array(DistanceEntry, { maxItems: 10_000 })),
  },
  { additionalProperties: false },
);
type FileContent = Static<typeof FileContent>;

export type ConfiguredPathway = {
  readonly id: string;
  /** Without a slash at its end; a path may follow. */
  readonly url: string;
  readonly region: string;
  readonly cost: number;
  readonly weight: number;
  /** Under `url`; undefined for the one that appliances are probed by. */
  readonly probePath: string | undefined;
};

export type PathwayFile = {
  readonly pathways: readonly ConfiguredPathway[];
  readonly networks: readonly { readonly cidr: string; readonly region: string }[];
  /** Each holds in both directions. */
  readonly distances: readonly {
    readonly from: string;
    readonly to: string;
    readonly distance: number;
  }[];
};

export type PathwayFileReading =
  | { readonly ok: true; readonly file: PathwayFile }
  | { readonly ok: false; readonly problems: readonly string[] };

export const MAX_PATHWAY_FILE_BYTES = 512 * 1024;

/** Each use of an anchor counts with what it stands for: a bomb needs many. */
const MAX_ALIASES = 50;
const MAX_PROBLEMS = 8;
/** Letters: problems go into events and answers, and quote names that are as long as the file says. */
const MAX_PROBLEM_LENGTH = 300;

type Problem = { readonly at: readonly (string | number)[]; readonly what: string };

/** @param isTaken ids that an appliance has. */
export function readPathwayFile(
  text: string,
  isTaken: (id: string) => boolean,
): PathwayFileReading {
  const reading = readWhole(text, isTaken);
  if (reading.ok) return reading;
  const problems = reading.problems.slice(0, MAX_PROBLEMS);
  return { ok: false, problems: problems.map((one) => one.slice(0, MAX_PROBLEM_LENGTH)) };
}

function readWhole(text: string, isTaken: (id: string) => boolean): PathwayFileReading {
  if (text.length > MAX_PATHWAY_FILE_BYTES) {
    return { ok: false, problems: [`it is longer than ${MAX_PATHWAY_FILE_BYTES} bytes`] };
  }
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const { content, lineOf } = yaml;
  const problems = Value.Check(FileContent, content)
    ? contradictionsIn(content, isTaken)
    : misfitsIn(content);
  if (problems.length > 0 || !Value.Check(FileContent, content)) {
    return { ok: false, problems: problems.map((problem) => tell(problem, lineOf)) };
  }
  return { ok: true, file: fileOf(content) };
}

function fileOf({ pathways, networks = [], distances = [] }: FileContent): PathwayFile {
  return {
    pathways: pathways.map(({ url, cost = 0, weight = 1, probePath, ...entry }) => ({
      ...entry,
      url: new URL(url).href.replace(/\/+$/, ""),
      cost,
      weight,
      probePath,
    })),
    networks,
    distances: distances.map(({ between: [from = "", to = ""], distance }) => ({
      from,
      to,
      distance,
    })),
  };
}

type LineOf = (at: Problem["at"]) => number;

function readYaml(
  text: string,
):
  | { readonly ok: true; readonly content: unknown; readonly lineOf: LineOf }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
    // A warning is a tag or a key that would be read as something else than it says.
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) {
      return { ok: false, problems: faults.map(({ message }) => firstLine(message)) };
    }
    const content: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { ok: true, content, lineOf: (at) => lineIn(document, lines, at) };
  } catch (error) {
    // Too many aliases, or nested too deep: both end in an exception of the parser.
    return {
      ok: false,
      problems: [error instanceof Error ? firstLine(error.message) : "unreadable"],
    };
  }
}

/** Of what stands there, or of the nearest thing around it. */
function lineIn(document: Document, lines: LineCounter, at: Problem["at"]): number {
  for (let depth = at.length; depth > 0; depth -= 1) {
    const node = document.getIn(at.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** What is not as the schema wants it. */
function misfitsIn(content: unknown): Problem[] {
  return listMisfits(Value.Errors(FileContent, content), FileContent).map(
    ({ instancePath, what }) => ({ at: stepsOf(instancePath, content), what }),
  );
}

/** What fits the schema and makes no sense together. */
function contradictionsIn(
  { pathways, networks = [], distances = [] }: FileContent,
  isTaken: (id: string) => boolean,
): Problem[] {
  const repeatedIds = repeatsIn(pathways.map(({ id }) => id));
  const cidrs = networks.map(({ cidr }) => normalCidr(cidr));
  const repeatedCidrs = repeatsIn(cidrs);
  const repeatedPairs = repeatsIn(distances.map(({ between }) => between.toSorted().join(" ")));
  return [
    ...pathways.flatMap(({ id, url }, index) => [
      ...(repeatedIds.has(index)
        ? [{ at: ["pathways", index, "id"], what: `"${id}" stands twice` }]
        : []),
      ...(isTaken(id)
        ? [{ at: ["pathways", index, "id"], what: `an appliance is named "${id}"` }]
        : []),
      ...(URL.canParse(url) ? [] : [{ at: ["pathways", index, "url"], what: "is no address" }]),
    ]),
    ...networks.flatMap(({ cidr }, index) => {
      const at = ["networks", index, "cidr"];
      if (cidrs[index] === undefined) return [{ at, what: `"${cidr}" is no network` }];
      return repeatedCidrs.has(index) ? [{ at, what: `"${cidr}" stands twice` }] : [];
    }),
    ...distances.flatMap(({ between: [from, to] }, index) => {
      const at = ["distances", index, "between"];
      if (from === to) return [{ at, what: "names one region twice" }];
      return repeatedPairs.has(index) ? [{ at, what: "stands twice" }] : [];
    }),
  ];
}

/** The places of those that stand further up already. */
function repeatsIn(all: readonly unknown[]): ReadonlySet<number> {
  const seen = new Set<unknown>();
  return new Set(
    all.flatMap((one, index) => {
      if (seen.has(one)) return [index];
      seen.add(one);
      return [];
    }),
  );
}

/** `10.1.2.3/8` and `10.0.0.0/8` are one network. */
function normalCidr(cidr: string): string | undefined {
  if (!ipaddr.isValidCIDR(cidr)) return undefined;
  const [address, bits] = ipaddr.parseCIDR(cidr);
  const kind = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${kind.networkAddressFromCIDR(cidr).toNormalizedString()}/${bits}`;
}

/** `/pathways/0/url` → its steps; a number only where there is a list. */
function stepsOf(instancePath: string, content: unknown): (string | number)[] {
  let place = content;
  return instancePath
    .split("/")
    .slice(1)
    .map((step) => {
      const isIndex = Array.isArray(place);
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      place = (place as Record<string, unknown> | undefined)?.[name];
      return isIndex ? Number(name) : name;
    });
}

function tell({ at, what }: Problem, lineOf: LineOf): string {
  const field = at.reduce<string>(
    (path, step) =>
      typeof step === "number" ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`,
    "",
  );
  return `line ${lineOf(at)}, ${field === "" ? "the file" : field}: ${what}`;
}

const firstLine = (message: string) => message.split("\n")[0]?.replace(/:$/, "") ?? message;
