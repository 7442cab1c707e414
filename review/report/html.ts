import { createHash } from 'crypto';
import { Block, escaped, Figure, Item, Picture, Piece, Section, Table, Text } from './document';
import { PICTURE_STYLE, STYLE } from './style';

const MARGIN = 16;

export interface Page {
  readonly title: string;
  readonly about: string;
  readonly figures: Figure[];
  readonly sections: Section[];
}

/** One file that asks for nothing else: no script, and a style that its policy names by its hash. */
export function html({ title, about, figures, sections }: Page): string {
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; `
    + "base-uri 'none'; form-action 'none'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1 dir="auto">${escaped(title)}</h1>
<p>${escaped(about)}</p>
<dl class="figures">${figures.map(({ value, label }) => `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
</header>
<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => `<li><a href="#${id}">${escaped(name)}</a></li>`).join('')}</ul></nav>
<main id="content">
${sections.map(section => `<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${escaped(section.title)}</h2>
${blocks(section.blocks, 3)}
</section>`).join('\n')}
</main>
<footer>Computed from the synthesized app by <code>cdk-multi-account-org report</code>, which asks no AWS account.</footer>
</body>
</html>
`;
}

/** @param level that of the next heading */
function blocks(all: Block[], level: number): string {
  return all.map(one => block(one, level)).join('\n');
}

function block(one: Block, level: number): string {
  switch (one.kind) {
    case 'text': return `<p>${inline(one.text)}</p>`;
    case 'heading': return `<h${level}>${escaped(one.text)}</h${level}>`;
    case 'list': return list(one.items);
    case 'code': return `<pre tabindex="0">${escaped(one.text).replace(/&quot;/g, '"')}</pre>`;
    case 'table': return scrolled(one.caption, rows(one));
    case 'fold': return `<details class="fold"><summary>${inline(one.summary)}</summary>${blocks(one.blocks, level)}</details>`;
    case 'panel': return `<div popover id="${one.id}" role="dialog" aria-labelledby="${one.id}-title">
<h${level} id="${one.id}-title" tabindex="-1" autofocus dir="auto">${escaped(one.title)}</h${level}>
<button class="close" popovertarget="${one.id}" popovertargetaction="hide">Close</button>
${blocks(one.blocks, level + 1)}
</div>`;
    case 'picture': return scrolled(one.title, svg(one), 'picture');
  }
}

/** A picture alone, on a ground of its own, for a page that is elsewhere. */
export function svgFile(picture: Picture): string {
  const [width, height] = [picture.width + 2 * MARGIN, picture.height + 2 * MARGIN];
  const ground = '<rect width="100%" height="100%" rx="8" style="fill: var(--ground)"/>';
  const content = `<style>${PICTURE_STYLE}</style>${ground}<g transform="translate(${MARGIN} ${MARGIN})">${picture.svg}</g>`;
  return `${svg({ ...picture, width, height, svg: content }, ' xmlns="http://www.w3.org/2000/svg"')}\n`;
}

function svg({ title, description, width, height, svg: content }: Picture, attributes = ''): string {
  return `<svg${attributes} role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" `
    + `aria-label="${escaped(`${title}. ${description}`)}">${content}</svg>`;
}

/** What is wider than the page moves inside of it, by keys too. */
function scrolled(label: string, content: string, kind = 'table'): string {
  return `<div class="scroll ${kind}" role="region" tabindex="0" aria-label="${escaped(label)}">${content}</div>`;
}

function rows({ caption, head, groups = [], rows: all }: Table): string {
  const above = groups.length === 0 ? ''
    : `<tr><td></td>${groups.map(([label, columns]) => `<th scope="colgroup" colspan="${columns}">${escaped(label)}</th>`).join('')}</tr>`;
  return `<table><caption>${escaped(caption)}</caption><thead>${above}<tr>${head.map(cell => `<th scope="col">${inline(cell)}</th>`).join('')}</tr></thead><tbody>${
    all.map(([first, ...rest]) => `<tr><th scope="row">${inline(first)}</th>${rest.map(cell => `<td>${inline(cell)}</td>`).join('')}</tr>`).join('\n')
  }</tbody></table>`;
}

function list(items: Item[]): string {
  return `<ul>${items.map(item => `<li>${inline(item.text)}${item.items ? list(item.items) : ''}</li>`).join('')}</ul>`;
}

function inline(words: Text): string {
  return typeof words === 'string' ? isolated(words) : words.map(piece).join('');
}

function piece(one: Piece): string {
  if (typeof one === 'string') {
    return isolated(one);
  }
  if ('code' in one) {
    return `<code dir="auto">${breakable(one.code)}</code>`;
  }
  if ('strong' in one) {
    return `<strong dir="auto">${escaped(one.strong)}</strong>`;
  }
  if ('muted' in one) {
    return `<small dir="auto">${escaped(one.muted)}</small>`;
  }
  if ('badge' in one) {
    return `<span class="badge ${one.tone ?? 'plain'}" dir="auto">${escaped(one.badge)}</span>`;
  }
  if ('opens' in one) {
    return `<button popovertarget="${one.opens}" dir="auto">${escaped(one.label)}</button>`;
  }
  if ('summary' in one) {
    return `<details><summary>${escaped(one.summary)}</summary><ul>${one.lines.map(line => `<li dir="auto">${escaped(line)}</li>`).join('')}</ul></details>`;
  }
  return '<br>';
}

/** A name from right to left does not move its neighbours. */
function isolated(words: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufefc]/.test(words) ? `<bdi>${breakable(words)}</bdi>` : breakable(words);
}

/** Long names break where they have a part. */
function breakable(words: string): string {
  return words.split(/(\s+)/).map(word => word.length < 28 ? escaped(word)
    : word.split(/(?<=[/:.@+-])/).map(escaped).join('<wbr>')).join('');
}
