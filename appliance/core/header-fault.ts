/**
 * Says what is wrong with the header of a request that Node's parser lets pass: too many fields, or more
 * than one host (RFC 9112 §3.2), of which each cache on the way might believe another.
 */
export type HeaderFault = "too-many-fields" | "two-hosts";

/** @param rawHeaders names and values, one after the other. */
export function headerFaultOf(
  rawHeaders: readonly string[],
  maxFields: number,
): HeaderFault | undefined {
  if (rawHeaders.length > maxFields * 2) return "too-many-fields";
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isHost(rawHeaders[index])) hosts += 1;
  }
  return hosts > 1 ? "two-hosts" : undefined;
}

/** Asked of every field of every request: nearly all have another length. */
function isHost(name: string | undefined): boolean {
  return name?.length === 4 && name.toLowerCase() === "host";
}
