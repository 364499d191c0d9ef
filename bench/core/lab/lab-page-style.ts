/** What the lab's page adds to the look of the result page. A and B are told by letter and place too. */
export const LAB_PAGE_STYLE = `
:root {
  --a: light-dark(#1457c0, #8cc2ff);
  --b: light-dark(#a35a00, #ffbf66);
  --frozen: light-dark(#c2182f, #ff7480);
  --broken: light-dark(#15161a14, #f2f1ee1a);
  --bad-cell: light-dark(#c2182f, #ff5060);
}
body { max-width: 84rem; }
.lead { margin-top: 0.75rem; max-width: 46rem; color: var(--quiet); }
.card.scroll { margin-top: 0; }
.card table { width: auto; min-width: min(100%, 34rem); }
.card td { vertical-align: top; min-width: 8.5rem; }
.card th, .card td { padding: 0.4375rem 0.75rem; }
.card tr > th:first-child { padding-left: 0; }
.card tbody th { font-weight: 400; }
.card td b { display: block; font-size: 0.9375rem; font-weight: 600; }
.card td small { display: block; font-size: 0.75rem; white-space: nowrap; }
.card td.frozen { background: color-mix(in srgb, var(--bad-cell) var(--badness), transparent); }
.card .ours { border-inline: 1px solid var(--line); }
.card tr.sum th, .card tr.sum td { border-top: 2px solid var(--text); font-weight: 650; }
.card thead th { text-align: right; }
.card thead th:first-child { text-align: left; }
.legend { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; margin-top: 1.25rem; padding: 0; }
.legend li { display: flex; align-items: center; gap: 0.5rem; color: var(--quiet); font-size: 0.8125rem; }
.legend svg { width: 1.75rem; height: 0.875rem; flex: none; }
.runs { display: grid; gap: 1.25rem; margin-top: 1.25rem; }
.run { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0.25rem 1.5rem; align-items: start; }
.run header { min-width: 0; }
.run header b { display: block; font-weight: 600; }
.run header small { display: block; font-variant-numeric: tabular-nums; }
.run header .verdict { color: var(--text); }
.run header .verdict.frozen { color: var(--frozen); font-weight: 600; }
.timeline { position: relative; }
.timeline svg { display: block; width: 100%; height: 4.25rem; overflow: visible; }
.timeline .lane { position: absolute; left: -1rem; font-size: 0.6875rem; line-height: 0.75rem; color: var(--quiet); }
.axis { position: relative; height: 1.125rem; border-top: 1px solid var(--line); margin-top: 2px; }
.axis span { position: absolute; transform: translateX(-50%); color: var(--quiet); font-size: 0.6875rem; font-variant-numeric: tabular-nums; }
.axis span:first-child { transform: none; }
.axis span:last-child { transform: translateX(-100%); }
.on-a { fill: var(--a); } .on-b { fill: var(--b); }
.cut { opacity: 0.45; }
.still { fill: var(--frozen); fill-opacity: 0.28; }
.still-bar { fill: var(--frozen); }
.fault-span { fill: var(--broken); }
.rail { fill: var(--track); }
.in-hand { fill: var(--quiet); fill-opacity: 0.28; stroke: var(--quiet); stroke-width: 1; vector-effect: non-scaling-stroke; }
article > h3 { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; font-size: 1.0625rem; }
article > h3 small { font-size: 0.875rem; }
@media (max-width: 46rem) {
  article { padding: 1rem; }
  .run { grid-template-columns: minmax(0, 1fr); }
  .timeline { margin-left: 1rem; }
}
`;
