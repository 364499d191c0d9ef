/**
 * Writes a path as it is said relative to another one, so that both can be moved below any other path
 * together. Only text is cut and put together: what a template leaves open stays as it is.
 */

/**
 * @param from absolute path of what it is relative to, perhaps with a query.
 * @param to absolute path, perhaps with a query.
 */
export function relativePath({ from, to }: { readonly from: string; readonly to: string }): string {
  const folders = foldersOf(from);
  const [path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(to)?.slice(1) ?? [];
  const steps = path.split("/");
  // The last step names a file, even if it is like a folder of the other.
  const apart = steps.slice(0, -1).findIndex((step, place) => step !== folders[place]);
  const shared = apart === -1 ? Math.min(steps.length - 1, folders.length) : apart;
  const relative = "../".repeat(folders.length - shared) + steps.slice(shared).join("/");
  // Else it would name the same document, or a scheme.
  const isBare = relative === "" || /^[^/]*:/.test(relative);
  return `${isBare ? "./" : ""}${relative}${rest}`;
}

/** `/vod/film/a.mpd` lies in the root, in `vod` and in `film`. */
function foldersOf(path: string): readonly string[] {
  return path
    .replace(/[?#].*$/s, "")
    .split("/")
    .slice(0, -1);
}
