import { useMemo, type ReactElement } from "react";
import styles from "./report.module.css";

/**
 * The report's HTML as this window's own elements. A frame would bring its own styles, which the window's policy forbids; so the
 * few elements that a report is made of are read, with their text, and nothing else of it is taken over.
 */
export function ReportView({ html }: { readonly html: string }): ReactElement {
  const blocks = useMemo(() => readBlocks(html), [html]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard, and a report has no control in it
    <article className={styles.report} tabIndex={0}>
      {blocks.map((block, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- the blocks of one report never move
        <Block block={block} key={place} />
      ))}
    </article>
  );
}

interface TableCell {
  readonly text: string;
  readonly exact: boolean;
  readonly head: boolean;
}

type ReportBlock =
  | { readonly kind: "title" | "heading" | "text" | "code"; readonly text: string }
  | { readonly kind: "verdict"; readonly text: string; readonly good: boolean }
  | { readonly kind: "table"; readonly facts: boolean; readonly rows: readonly (readonly TableCell[])[] };

function Block({ block }: { readonly block: ReportBlock }): ReactElement {
  switch (block.kind) {
    case "title":
      return <p className={styles.title}>{block.text}</p>;
    case "heading":
      return <h3>{block.text}</h3>;
    case "text":
      return <p>{block.text}</p>;
    case "code":
      return <pre>{block.text}</pre>;
    case "verdict":
      return (
        <p className={styles.verdict} data-good={block.good || undefined}>
          {block.text}
        </p>
      );
    case "table":
      return <Table facts={block.facts} rows={block.rows} />;
  }
}

function Table({ facts, rows }: Omit<Extract<ReportBlock, { kind: "table" }>, "kind">): ReactElement {
  return (
    <div className={styles.frame}>
      <table data-facts={facts || undefined}>
        <tbody>
          {rows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows of one report never move
            <tr key={at}>
              {row.map((cell, column) =>
                cell.head ? (
                  // oxlint-disable-next-line react/no-array-index-key -- nor do its columns
                  <th key={column} scope={facts ? "row" : "col"}>
                    {cell.text}
                  </th>
                ) : (
                  // oxlint-disable-next-line react/no-array-index-key -- nor do its columns
                  <td key={column}>{cell.exact ? <code>{cell.text}</code> : cell.text}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A document that is only parsed loads nothing and runs nothing. */
function readBlocks(html: string): readonly ReportBlock[] {
  // Its own style sheet is not used here, and the window's policy would report it.
  const { body } = new DOMParser().parseFromString(html.replace(/<style>[^]*?<\/style>/, ""), "text/html");
  const found: ReportBlock[] = [];
  for (const element of body.querySelectorAll("h1, h2, p, pre, table")) {
    const text = element.textContent ?? "";
    if (element instanceof HTMLTableElement) found.push(readTable(element));
    else if (element.tagName === "H1") found.push({ kind: "title", text });
    else if (element.tagName === "H2") found.push({ kind: "heading", text });
    else if (element.tagName === "PRE") found.push({ kind: "code", text });
    else if (element.classList.contains("verdict")) {
      found.push({ kind: "verdict", text, good: element.classList.contains("good") });
    } else found.push({ kind: "text", text });
  }
  return found;
}

function readTable(table: HTMLTableElement): ReportBlock {
  const rows = [...table.rows].map((row) =>
    [...row.cells].map((cell) => ({
      text: cell.textContent ?? "",
      exact: cell.querySelector("code") !== null,
      head: cell.tagName === "TH",
    })),
  );
  return { kind: "table", facts: table.classList.contains("facts"), rows };
}
