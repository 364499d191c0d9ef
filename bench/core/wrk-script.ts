/**
 * Writes what wrk runs for us, in Lua: it asks for the paths in turn, and at the end prints its
 * figures as JSON, since what it prints for people is rounded.
 */
export type WrkScriptWishes = {
  readonly paths: readonly string[];
  /** Where this stands in a path, each request has a word there that no other has. */
  readonly everyTimeAnother: string;
  /** Begins those words: another one in each run. */
  readonly mark: string;
};

export function wrkScript({ paths, everyTimeAnother, mark }: WrkScriptWishes): string {
  return `local paths = { ${paths.map(quote).join(", ")} }
local another = ${quote(everyTimeAnother)}
local at = 0
local number = 0
local made = {}

-- The path with a word of its own in place of the sign for one.
local function fill(path)
  local first, last = path:find(another, 1, true)
  if first == nil then return path end
  number = number + 1
  return path:sub(1, first - 1) .. ${quote(`${mark}-`)} .. number .. path:sub(last + 1)
end

function request()
  at = at % #paths + 1
  if made[at] ~= nil then return made[at] end
  local path = paths[at]
  local text = wrk.format("GET", fill(path))
  if path:find(another, 1, true) == nil then made[at] = text end
  return text
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"bytes":%d,"durationMicroseconds":%d,"p50":%d,"p99":%d,"p999":%d,"broken":%d,"otherStatus":%d}',
    summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
`;
}

/** Paths are URLs: nothing in them needs more than this. */
function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
