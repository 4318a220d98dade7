import { escape } from './escape.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --bad: light-dark(#a40000, #ff7a70); }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5em auto; max-width: 76em; padding: 0 1em; }
table { border-collapse: collapse; } td, th { border: 1px solid var(--line); padding: 2px 8px; text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.oracle { color: var(--bad); font-weight: bold; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: 8px; font: 12px/1.35 ui-monospace, Menlo, Consolas, monospace; }
svg { display: block; max-width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: currentColor; }
code { font: 12px ui-monospace, Menlo, Consolas, monospace; }
`.trim();

/** A page without a program: one file for a browser that needs nothing else. `body` is markup. */
export function staticPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>${escape(title)}</h1>
${body}
</body>
</html>
`;
}
