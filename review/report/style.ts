const COLOURS = `
:root {
  --ground: #f6f7f9; --paper: #fff; --ink: #1b2430; --soft: #55606e; --line: #d9dee5; --fill: #f2f4f7; --link: #1556b0;
  --good: #12663a; --good-fill: #e3f4ea; --warning: #8a3b00; --warning-fill: #fdeedd;
  --k0: #2f6fca; --k1: #1c8a7d; --k2: #b4432f; --k3: #b07a10; --k4: #7a55c7; --k5: #5b8a1e; --k6: #b0407f; --k7: #68727e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --paper: #1a2029; --ink: #e5e9ef; --soft: #a5b0bd; --line: #343e4b; --fill: #232b36; --link: #8ab9ff;
    --good: #8edfae; --good-fill: #173a28; --warning: #ffc48f; --warning-fill: #47290f;
    --k0: #6fa8f5; --k1: #4fc3b4; --k2: #ee8572; --k3: #e0b252; --k4: #b197f0; --k5: #a2cc65; --k6: #ea8dc0; --k7: #a5b0bd;
  }
}
`;

const FONT = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif';

const OF_PICTURES = `svg text { fill: var(--ink); font-family: ${FONT}; font-size: 12px; }
svg .title { font-size: 15px; font-weight: 600; }
svg .name { font-size: 13px; font-weight: 600; }
svg .head { font-weight: 600; }
svg .note { fill: var(--soft); }
svg .card > rect { fill: var(--paper); stroke: var(--soft); stroke-opacity: .55; }
svg .chip > rect { fill: var(--fill); stroke: var(--line); }
svg .edge { fill: none; stroke: var(--soft); stroke-opacity: .7; stroke-width: 1.5; }
svg path { stroke-width: 4; stroke-linecap: round; }
svg .k0 { stroke: var(--k0); } svg .k1 { stroke: var(--k1); } svg .k2 { stroke: var(--k2); } svg .k3 { stroke: var(--k3); }
svg .k4 { stroke: var(--k4); } svg .k5 { stroke: var(--k5); } svg .k6 { stroke: var(--k6); } svg .k7 { stroke: var(--k7); }
svg .free { fill: none; stroke: var(--line); }
svg .used { fill: var(--fill); stroke: var(--link); }
`;

/** No font, no picture and no colour of elsewhere: what the page names by its hash. */
export const STYLE = `${COLOURS}* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.55 ${FONT};
}
header, main, footer, nav ul { max-width: 78rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--soft); font-size: 1.0625rem; }
h2 { font-size: 1.3125rem; line-height: 1.3; margin: 0 0 .75rem; }
h3 { font-size: 1.0625rem; line-height: 1.4; margin: 2rem 0 .5rem; }
h4 { font-size: .9375rem; margin: 1.25rem 0 .375rem; }
p { margin: 0 0 1rem; max-width: 48rem; }
a { color: var(--link); }
small { color: var(--soft); font-size: .8125rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .8125rem; }
pre {
  margin: 0; padding: .875rem 1rem; overflow: auto; background: var(--fill); border: 1px solid var(--line); border-radius: 6px;
  line-height: 1.45;
}
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 2; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1.5rem 0 1.25rem; }
.figures div {
  display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .75rem 1rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 8px;
}
.figures dt { color: var(--soft); font-size: .8125rem; line-height: 1.35; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
nav { position: sticky; top: 0; z-index: 1; background: var(--ground); border-bottom: 1px solid var(--line); }
nav ul { display: flex; gap: 1.5rem; list-style: none; overflow-x: auto; white-space: nowrap; }
nav a { display: block; padding: .75rem 0; color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; text-underline-offset: .25rem; }
main { padding-top: 1.5rem; }
section {
  background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1.75rem 1.75rem 2rem; margin-bottom: 1.5rem;
}
section > :last-child, section > .scroll:nth-last-child(1 of .scroll) { margin-bottom: 0; }
footer { color: var(--soft); font-size: .8125rem; padding-bottom: 3rem; }
.scroll { overflow-x: auto; margin: 0 0 1.25rem; border-radius: 6px; position: relative; }
table { border-collapse: collapse; min-width: 100%; }
caption { text-align: start; font-weight: 600; padding: 0 0 .5rem; }
th, td { text-align: start; vertical-align: top; padding: .5rem .875rem .5rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: .8125rem; white-space: nowrap; vertical-align: bottom; }
thead th[scope=colgroup] { color: var(--ink); border-bottom: 0; padding-bottom: 0; }
thead td { border-bottom: 0; }
tbody th { font-weight: 600; min-width: 6.5rem; }
tbody td { min-width: 6rem; }
tbody td:has(wbr) { min-width: 14rem; }
th, td { overflow-wrap: break-word; max-width: 24rem; }
td small { display: inline-block; min-width: 8.5rem; }
tbody tr:last-child > * { border-bottom: 0; }
ul { margin: 0 0 1rem; padding-left: 1.25rem; }
ul ul { margin: 0; }
.badge {
  display: inline-block; padding: 0 .5rem; margin: 0 .25rem .125rem 0; border-radius: 99px; background: var(--fill);
  color: var(--soft); font-size: .8125rem; line-height: 1.5; white-space: nowrap;
}
.badge.good { background: var(--good-fill); color: var(--good); }
.badge.warning { background: var(--warning-fill); color: var(--warning); }
button {
  font: inherit; font-weight: 600; color: var(--link); background: var(--fill); border: 1px solid var(--line); border-radius: 6px;
  padding: .0625rem .625rem; min-height: 1.75rem; cursor: pointer; max-width: 100%; overflow-wrap: anywhere; text-align: start;
}
button:hover { border-color: var(--link); }
details summary { cursor: pointer; color: var(--link); }
details ul { padding-left: 1.125rem; margin: .25rem 0 0; }
.fold { border-top: 1px solid var(--line); }
.fold > summary { color: var(--ink); padding: .625rem 0; overflow-wrap: anywhere; }
.fold[open] { padding-bottom: .5rem; }
[popover] {
  width: min(60rem, calc(100vw - 2rem)); max-height: calc(100vh - 4rem); overflow: auto; padding: 1.5rem 1.75rem; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 12px 48px rgb(0 0 0 / .3);
}
[popover]::backdrop { background: rgb(10 15 20 / .45); }
[popover] > :is(h3, h4) { margin: 0 5rem 1rem 0; font-size: 1.1875rem; outline: 0; overflow-wrap: anywhere; }
.close { position: absolute; top: 1.375rem; right: 1.5rem; }
svg { display: block; margin: 0 auto; }
${OF_PICTURES}@media (max-width: 40rem) {
  header, main, footer, nav ul { padding-left: 1rem; padding-right: 1rem; }
  section { padding: 1.25rem 1rem; }
  .figures { grid-template-columns: repeat(2, 1fr); }
}
@media print {
  :root {
    --ground: #fff; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --fill: #f4f4f4; --link: #000;
    --good: #12663a; --good-fill: #fff; --warning: #8a3b00; --warning-fill: #fff;
    --k0: #2f6fca; --k1: #1c8a7d; --k2: #b4432f; --k3: #b07a10; --k4: #7a55c7; --k5: #5b8a1e; --k6: #b0407f; --k7: #68727e;
  }
  @page { margin: 14mm; }
  body { font-size: 9pt; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  nav, .skip, [popover] { display: none; }
  section { border: 0; padding: 0; margin-bottom: 2rem; }
  h2, h3, h4, caption { break-after: avoid; }
  tr, .badge { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  svg { max-width: 100%; height: auto; max-height: 240mm; }
  button { border: 0; background: none; padding: 0; min-height: 0; }
  .fold::details-content { content-visibility: visible; display: block; block-size: auto; }
}
`;

/** What a picture needs that is alone. */
export const PICTURE_STYLE = `${COLOURS}${OF_PICTURES}`;
