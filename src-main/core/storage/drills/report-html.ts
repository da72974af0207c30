import type { Cell, ReportBlock, ReportDocument } from "./report-document.ts";

/** Nothing is loaded and nothing runs, wherever the file is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --good: #1a7f37; --bad: #c3232b; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9198a1; --line: #3d444d; --paper: #12161b; --good: #57c26e; --bad: #ff7b72; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.5rem; background: var(--paper); color: var(--text);
  font: 14px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
.verdict { border-left: 4px solid var(--bad); padding: .25rem .75rem; font-weight: 600; }
.verdict.good { border-color: var(--good); }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; }
.facts th { width: 16rem; }
code, pre { font: 12px/1.5 ui-monospace, "Noto Sans Mono CJK SC", monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { border: 1px solid var(--line); padding: .75rem; margin: .5rem 0; }
@media print {
  :root { --text: #000; --soft: #444; --line: #999; --paper: #fff; --good: #000; --bad: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  tr, .verdict { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;

/** A report as one HTML file that needs nothing else: no script, no picture, no address. All of its texts are escaped. */
export function reportHtml({ locale, title, blocks }: ReportDocument): string {
  const body = [`<h1>${escaped(title)}</h1>`, ...blocks.map(blockHtml)].join("\n");
  return `<!doctype html>
<html lang="${escaped(locale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function blockHtml(block: ReportBlock): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${escaped(block.text)}</h2>`;
    case "paragraph":
      return `<p>${escaped(block.text)}</p>`;
    case "verdict":
      return `<p class="verdict${block.good ? " good" : ""}">${escaped(block.text)}</p>`;
    case "facts": {
      const rows = block.rows.map(
        ([label, value]) => `<tr><th scope="row">${escaped(label)}</th><td>${cellHtml(value)}</td></tr>`,
      );
      return `<table class="facts"><tbody>\n${rows.join("\n")}\n</tbody></table>`;
    }
    case "table": {
      const head = block.head.map((text) => `<th scope="col">${escaped(text)}</th>`).join("");
      const rows = block.rows.map((row) => `<tr>${row.map((cell) => `<td>${cellHtml(cell)}</td>`).join("")}</tr>`);
      return `<table><thead><tr>${head}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
    }
    case "code":
      return `<pre>${escaped(block.text)}</pre>`;
  }
}

function cellHtml({ text, exact = false }: Cell): string {
  return exact ? `<code>${escaped(text)}</code>` : escaped(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
