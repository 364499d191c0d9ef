/**
 * The look of the result page, in the colours of the site. Ours is told from the peers by its name,
 * its weight and its colour, never by the colour alone.
 */
export const RESULT_PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f7f6f3, #0b0c0f);
  --surface: light-dark(#ffffff, #14161b);
  --line: light-dark(#dedbd3, #292d36);
  --track: light-dark(#efede8, #1d2027);
  --text: light-dark(#15161a, #f2f1ee);
  --quiet: light-dark(#53555c, #a9adb8);
  --ours: light-dark(#1457c0, #8cc2ff);
  --peer: light-dark(#86837a, #6a7180);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2.5rem clamp(1rem, 4vw, 3rem);
  background: var(--ground); color: var(--text);
  font: 400 1rem/1.5 "Inter Variable", Inter, system-ui, sans-serif;
}
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.75rem, 1.1rem + 2.4vw, 2.75rem); line-height: 1.1; letter-spacing: -0.02em; }
h2 { font-size: 1.5rem; line-height: 1.2; letter-spacing: -0.01em; }
h3 { font-size: 1rem; font-weight: 600; }
ul { list-style: none; }
.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; margin-top: 1.25rem; }
.facts dt, figcaption span, small { color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
.facts dd { font-variant-numeric: tabular-nums; }
section { margin-top: 3.5rem; }
.question { margin-top: 0.25rem; max-width: 46rem; color: var(--quiet); }
article {
  margin-top: 1.25rem; padding: 1.5rem; border: 1px solid var(--line); border-radius: 0.75rem;
  background: var(--surface);
}
.verdicts { margin-top: 0.25rem; }
.verdicts b { font-variant-numeric: tabular-nums; }
.missing { color: var(--quiet); }
.broken { padding-left: 0.75rem; border-left: 3px solid var(--ours); }
.charts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr));
  gap: 1.5rem 2.5rem; margin-top: 1.5rem;
}
figcaption { display: flex; justify-content: space-between; gap: 0.5rem; font-weight: 600; }
.row {
  display: grid; grid-template-columns: 1fr auto; margin-top: 0.75rem; font-size: 0.875rem;
  line-height: 1.4;
}
.value { font-variant-numeric: tabular-nums; }
.ours .name, .ours .value, tr.ours { font-weight: 650; }
.track {
  position: relative; grid-column: 1 / -1; height: 1.125rem; margin-top: 0.25rem;
}
.track::before, .bar { position: absolute; inset: 0 auto auto 0; height: 0.625rem; border-radius: 0.1875rem; }
.track::before { content: ""; width: 100%; background: var(--track); }
.bar { width: var(--median); }
.ours .bar { background: var(--ours); }
.peer .bar { background: var(--peer); }
.range {
  position: absolute; bottom: 0; left: var(--lowest); width: calc(var(--highest) - var(--lowest));
  min-width: 1px; height: 0.3125rem; border: solid var(--quiet);
  border-width: 0 1px; background: linear-gradient(var(--quiet), var(--quiet)) center / 100% 1px no-repeat;
}
.scroll { margin-top: 1.5rem; overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--ours); outline-offset: 3px; }
.row small { font-weight: 400; }
table { border-collapse: collapse; width: 100%; font-size: 0.8125rem; }
th, td { padding: 0.375rem 0 0.375rem 1rem; text-align: right; white-space: nowrap; }
th:first-child { padding-left: 0; text-align: left; }
thead th { white-space: normal; vertical-align: bottom; color: var(--quiet); font-weight: 500; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: inherit; }
td { font-variant-numeric: tabular-nums; }
.notes li { margin-top: 0.5rem; }
.notes, footer p { max-width: 46rem; color: var(--quiet); font-size: 0.875rem; }
.notes { margin-top: 1rem; }
footer { margin-top: 3.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
footer h2 { font-size: 1rem; }
footer p { margin-top: 0.5rem; }
@media print { body { max-width: none; } article { break-inside: avoid; } }
`;
