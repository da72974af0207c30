import type { ReportBlock, ReportDocument } from "./report-document.ts";

/** A report as lines for a terminal. Controls are visible already; whoever prints it makes it safe for the terminal. */
export function reportPlain({ title, blocks }: ReportDocument): string {
  return `${[title, ...blocks.map(blockText)].join("\n\n")}\n`;
}

function blockText(block: ReportBlock): string {
  switch (block.kind) {
    case "heading":
    case "paragraph":
    case "verdict":
    case "code":
      return block.text;
    case "facts":
      return block.rows.map(([label, { text }]) => `${label}: ${text}`).join("\n");
    case "table":
      return block.rows.map((row) => row.map(({ text }) => text).join("  ")).join("\n");
  }
}
