/**
 * Draws the dependencies as a Mermaid flow chart: what was seen, as a picture that stays true.
 *
 * A broken line has something that stands in for it; a whole line is one that must hold.
 */
import type { Dependency } from "../../contract/dependencies.ts";

/** Mermaid draws no more by default, and nobody could read more. */
const MAX_EDGES = 500;

export function drawDependencies(dependencies: readonly Dependency[]): string {
  const drawn = dependencies.toSorted((a, b) => b.calls - a.calls).slice(0, MAX_EDGES);
  const names = new Set(drawn.flatMap(({ caller, callee }) => [caller, callee]));
  const ids = new Map(Array.from(names, (name, index) => [name, `n${index}`]));
  const left = dependencies.length - drawn.length;
  return [
    "flowchart LR",
    ...(left === 0 ? [] : [`  %% ${left} more are not drawn`]),
    ...Array.from(ids, ([name, id]) => `  ${id}["${asEntities(name)}"]`),
    ...drawn.map((dependency) => {
      const arrow = dependency.fallback === null ? "-->" : "-.->";
      const [from, to] = [ids.get(dependency.caller), ids.get(dependency.callee)];
      return `  ${from} ${arrow}|"${asEntities(labelOf(dependency))}"| ${to}`;
    }),
    "",
  ].join("\n");
}

function labelOf({ purpose, calls, failures, callsPerSecond, meanMs, fallback }: Dependency) {
  return [
    purpose,
    `${callsPerSecond.toFixed(1)}/s`,
    ...(meanMs === null ? [] : [`${meanMs.toFixed(1)} ms`]),
    ...(failures === 0 ? [] : [`${((failures / calls) * 100).toFixed(1)} % fail`]),
    ...(fallback === null ? [] : [`else ${fallback.what}`]),
  ].join(", ");
}

/** Mermaid writes what is special to it as entities, with a hash in the place of the ampersand. */
function asEntities(text: string): string {
  return text.replaceAll(/[^\w .,:/%-]/gu, (character) => `#${character.codePointAt(0)};`);
}
