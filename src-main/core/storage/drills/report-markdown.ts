import type { Cell, ReportBlock, ReportDocument } from "./report-document.ts";

/** What means something inside of a line in CommonMark and GitHub's dialect, with HTML, entities, mathematics and mentions. */
const SPECIAL = /[\\`*_{}[\]<>#|~&$@!]/g;
/** What is made a link although nobody wrote one, and what begins a block at the beginning of a line. */
const LINKS = /:(?=\/\/)|(?<=www)\./gi;
const BEGINNING = /^(\d*)([-+=.)])/;

/** A report as Markdown (CommonMark with tables). What is data is escaped: it can make neither links nor HTML nor structure. */
export function reportMarkdown({ title, blocks }: ReportDocument): string {
  return `${[`# ${escaped(title)}`, ...blocks.map(blockText)].join("\n\n")}\n`;
}

function blockText(block: ReportBlock): string {
  switch (block.kind) {
    case "heading":
      return `## ${escaped(block.text)}`;
    case "paragraph":
      return escaped(block.text);
    case "verdict":
      return `**${escaped(block.text)}**`;
    case "facts":
      return table(
        ["", ""],
        block.rows.map(([label, value]) => [{ text: label }, value]),
      );
    case "table":
      return table(block.head, block.rows);
    case "code":
      return fenced(block.text);
  }
}

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head.map((text) => escaped(text)), head.map(() => "---"), ...rows.map((row) => row.map(cellText))];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A bar ends a cell even inside of a code span, and how it is escaped there differs from reader to reader. */
function cellText({ text, exact = false }: Cell): string {
  return exact && text !== "" && !text.includes("|") ? codeSpan(text) : escaped(text);
}

function codeSpan(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  return `${fence} ${text} ${fence}`;
}

function fenced(text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", "|": "&#124;" };

function escaped(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll(SPECIAL, (character) => ENTITIES[character] ?? `\\${character}`)
    .replaceAll(LINKS, (character) => `\\${character}`)
    .replace(BEGINNING, "$1\\$2");
}
