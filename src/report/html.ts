import { escape } from './escape.ts';
import type { Recording } from './recording.ts';
import { placesIn } from './sources.ts';
import { timelineOf, type TimelineDocument, type TimelineOptions } from './timeline/index.ts';

/** The program and the style of the page, as the build has made them. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

const KEYS: readonly (readonly [string, string])[] = [
  ['+ -', 'zoom in, out (or Ctrl and the wheel)'], ['← →', 'earlier, later (or drag)'], ['n p', 'next, previous in the lane'], ['↑ ↓', 'the lane above, below'],
  ['z', 'zoom to what is selected: down to single clocks'], ['f', 'what matters'], ['a', 'the whole run'], ['/', 'find; Enter for the next'], ['N P', 'next, previous that was found'],
  ['Esc', 'select nothing'], ['t', 'dark or light'], ['?', 'this list'],
];

/** A recording as one file that opens in a browser and needs nothing else. The same input gives the same bytes. */
export function formatTimeline(recording: Recording, options: TimelineOptions, assets: PageAssets): string {
  return timelinePage(timelineOf(recording, options), assets);
}

/** A timeline as a page. */
export function timelinePage(document: TimelineDocument, { script, style }: PageAssets): string {
  const { violation, title, command, kernel, loop } = document;
  const said = violation === null
    ? `<h1>${escape(title)}</h1>`
    : `<h1><span class="oracle" id="oracle">✗ ${escape(violation.oracle)}</span> <span id="message">${escape(violation.text)}</span></h1>
<p>Rule: <span id="rule">${escape(violation.rule)}</span> <span class="faint">(${escape(violation.source)})</span></p>`;
  const facts = [violation === null ? '' : escape(title), kernel === '' ? '' : `Kernel: ${escape(kernel)}`, command === '' ? '' : `<code>${escape(command)}</code>`];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>
${style.trim()}
</style>
</head>
<body>
<header>
${said}${loop.map((text) => `
<p class="loop">${escape(text)}</p>`).join('')}${source(document)}
<p class="faint">${facts.filter((fact) => fact !== '').join(' · ')}</p>
<details open><summary>Schedule: ${count(document.decisions.length, 'decision')}</summary><ol id="decisions"></ol></details>
<details><summary>${count(document.messages.length, 'message')}</summary><ul id="messages"></ul></details>
</header>
<nav>
<button type="button" id="out" title="zoom out (-)">−</button>
<button type="button" id="in" title="zoom in (+)">+</button>
<button type="button" id="matter" title="what matters (f)">what matters</button>
<button type="button" id="all" title="the whole run (a)">whole run</button>
<button type="button" id="item" title="zoom to what is selected (z)">selected</button>
<input id="find" type="search" placeholder="find: ODR write, kcs_bmc_read …" aria-label="find an event"> <span id="found" class="faint" role="status"></span>
<button type="button" id="theme" title="dark or light (t)">◐</button>
<button type="button" id="help" title="keys (?)">?</button>
</nav>
<main id="window" tabindex="0" aria-label="timeline"><canvas id="lanes" role="img" aria-label="lanes of host, bus, registers, interrupts, tasks and locks"></canvas></main>
<aside id="details" aria-live="polite"></aside>
<dialog id="keys"><table>${KEYS.map(([key, what]) => `<tr><td><code>${escape(key)}</code></td><td>${escape(what)}</td></tr>`).join('')}</table><form method="dialog"><button>close</button></form></dialog>
<script type="application/json" id="timeline">${json(document)}</script>
<script>
${script.trim()}
</script>
</body>
</html>
`;
}

/** What stands in the lines that the breach names, and where somebody is held: the two stacks of a data race, say. */
function source({ violation, decisions, sources = {} }: TimelineDocument): string {
  const places = new Set([violation?.text ?? '', ...decisions.map(({ text }) => text)].flatMap(placesIn).filter((place) => Object.hasOwn(sources, place)));
  if (places.size === 0) return '';
  return `
<pre class="source">${[...places].map((place) => escape(`${place}  ${sources[place]}`)).join('\n')}</pre>`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** JSON that cannot end the element in which it stands. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c').replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');
}
