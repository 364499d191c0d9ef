/**
 * Writes CMCD (CTA-5004-B §3 and §4.1): a dictionary of structured fields (RFC 8941), keys in the order of
 * the alphabet, and the four headers of request mode.
 *
 * Written here and not by `@svta/cml-cmcd`, whose writer is larger than all of our reporting and whose
 * reporter cannot say that a request failed; that library's validators judge this one in the tests.
 */
export type CmcdValue =
  | string
  | number
  | boolean
  | readonly number[]
  | readonly string[]
  | undefined;
export type CmcdData = Readonly<Record<string, CmcdValue>>;

const TOKEN_KEYS = ["e", "ot", "sf", "st", "sta"];
const MAX_CUSTOM_CHARACTERS = 64;
/** Of the keys that are sent with a request; all others stand in `CMCD-Request`. */
const HEADER_KEYS: Readonly<Record<string, readonly string[]>> = {
  "CMCD-Object": ["br", "d", "ot"],
  "CMCD-Session": ["cid", "msd", "sf", "sid", "st", "v"],
  "CMCD-Status": ["bg", "bs", "bsa", "bsd", "bsda", "cdn", "ec", "pr", "pt"],
};

/** What is undefined or an empty list is not known, and left out. */
export function writeCmcd(data: CmcdData): string {
  return Object.keys(data)
    .sort()
    .flatMap((key) => writeMember(key, data[key]) ?? [])
    .join(",");
}

/** @returns the URL with the data as its only `CMCD` argument. */
export function withCmcdQuery(url: string, data: CmcdData): string {
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  const kept = query.split("&").filter((part) => part !== "" && !/^CMCD(=|$)/.test(part));
  return `${base}?${[...kept, `CMCD=${encodeURIComponent(writeCmcd(data))}`].join("&")}`;
}

export function writeCmcdHeaders(data: CmcdData): Readonly<Record<string, string>> {
  const shards = new Map<string, Record<string, CmcdValue>>();
  for (const [key, value] of Object.entries(data)) {
    const name =
      Object.keys(HEADER_KEYS).find((header) => HEADER_KEYS[header]?.includes(key)) ??
      "CMCD-Request";
    shards.set(name, { ...shards.get(name), [key]: value });
  }
  const written = Array.from(shards, ([name, shard]) => [name, writeCmcd(shard)] as const);
  return Object.fromEntries(written.filter(([, text]) => text !== ""));
}

function writeMember(key: string, value: CmcdValue): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "boolean") return value ? key : `${key}=?0`;
  if (typeof value === "object") {
    const items = value.flatMap((item: string | number) => writeItem(item) ?? []);
    return items.length === 0 ? undefined : `${key}=(${items.join(" ")})`;
  }
  if (TOKEN_KEYS.includes(key)) return `${key}=${value}`;
  // A key of somebody's own has a name with a hyphen, and a value of limited length.
  const item = writeItem(
    typeof value === "string" && key.includes("-") ? value.slice(0, MAX_CUSTOM_CHARACTERS) : value,
  );
  return item === undefined ? undefined : `${key}=${item}`;
}

/** A decimal has up to three digits behind its point, and a string nothing but ASCII (RFC 8941 §3.3). */
function writeItem(item: string | number): string | undefined {
  if (typeof item === "number") {
    return Number.isFinite(item) ? String(Math.round(item * 1_000) / 1_000) : undefined;
  }
  return `"${item.replace(/[^ -~]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
