import { ansiCss } from "./ansi-css.ts";
import type { AnsiStyle } from "./ansi-style.ts";
import { isPlainLine, lineSegments, sliceSegments, type LineSegment } from "./line-segments.ts";
import type { FindSpans, LineWindow } from "./row-layout.ts";
import styles from "./rows.module.css";

/** Writes a line into its cell: as one text where that says it all, else in segments. */
export function writeLine(
  cell: HTMLElement,
  line: string,
  findSpans: FindSpans | null,
  lineWindow: LineWindow | null,
): void {
  const hits = findSpans === null ? [] : findSpans(line);
  if (hits.length === 0 && isPlainLine(line)) {
    const text = lineWindow === null ? line : line.slice(lineWindow.from, lineWindow.from + lineWindow.length);
    const { firstChild } = cell;
    if (firstChild instanceof Text && cell.childNodes.length === 1) firstChild.data = text;
    else cell.textContent = text;
    return;
  }
  const all = lineSegments(line, hits);
  const shown = lineWindow === null ? all : sliceSegments(all, lineWindow.from, lineWindow.length);
  cell.replaceChildren(...shown.map(segmentNode));
}

/** A segment as a node; text only. */
export function segmentNode(segment: LineSegment): Node {
  if (segment.style === null && !segment.chip && !segment.hit) return document.createTextNode(segment.text);
  const span = document.createElement(segment.hit ? "mark" : "span");
  span.textContent = segment.text;
  if (segment.hit) span.classList.add(styles.hit ?? "");
  if (segment.chip) span.classList.add(styles.chip ?? "");
  if (segment.style !== null) applyAnsi(span, segment.style);
  return span;
}

function applyAnsi(span: HTMLElement, style: AnsiStyle): void {
  const { color, backgroundColor, ground } = ansiCss(style);
  if (ground) span.classList.add(styles.ansiGround ?? "");
  if (style.decorations.includes("reverse") && backgroundColor === null) span.classList.add(styles.ansiReverse ?? "");
  if (color !== null) span.style.color = color;
  if (backgroundColor !== null) span.style.backgroundColor = backgroundColor;
  for (const decoration of style.decorations) {
    const name = styles[`ansi-${decoration}`];
    if (name !== undefined) span.classList.add(name);
  }
}
