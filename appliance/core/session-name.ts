/**
 * Reads the session that a player names in its CMCD (CTA-5004): the `sid`, in the query argument `CMCD`
 * or in the field `CMCD-Session`.
 */
const QUERY_ARGUMENT = /[?&]CMCD=([^&]*)/;
const SESSION_ID = /(?:^|,)\s*sid="([^"\\]{1,64})"/;

export function sessionNameIn(
  target: string,
  sessionField: string | undefined,
): string | undefined {
  if (sessionField !== undefined) return SESSION_ID.exec(sessionField)?.[1];
  // Most targets have none, and this is asked of each.
  if (!target.includes("CMCD=")) return undefined;
  const value = decoded(QUERY_ARGUMENT.exec(target)?.[1]);
  return value === undefined ? undefined : SESSION_ID.exec(value)?.[1];
}

function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    // Not a text in UTF-8: whatever wrote it, it is no player.
    return undefined;
  }
}
