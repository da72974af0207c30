import { isScalar, parseDocument, type Document } from "yaml";

/** A value at a dotted path and what shall stand there. */
export interface ConfigEdit {
  readonly path: string;
  readonly value: string;
}

/** Lines before and after a change, as `diff -u` and `git diff` have them. */
const CONTEXT = 3;

/** A YAML text that is taken apart once, for all patches of it. */
export class ConfigSource {
  readonly #text: string;
  readonly #file: string;
  #document: Document.Parsed | null = null;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  /**
   * A unified diff that sets single values, as `git apply` and `patch -p1` take it (format:
   * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html). `null` where one of them does not stand
   * on a line of its own in the text, or all are set already.
   */
  diff(edits: readonly ConfigEdit[]): string | null {
    this.#document ??= parseDocument(this.#text);
    return this.#document.errors.length > 0 ? null : diffOf(this.#document, this.#text, this.#file, edits);
  }
}

function diffOf(document: Document.Parsed, text: string, file: string, edits: readonly ConfigEdit[]): string | null {
  const before = text.split("\n");
  const after = [...before];
  const starts = lineStarts(before);
  for (const { path, value } of edits) {
    const node = document.getIn(path.split("."), true);
    if (!isScalar(node) || node.range == null) return null;
    const [from, to] = node.range;
    const line = starts.findLastIndex((start) => start <= from);
    const start = starts[line];
    const old = after[line];
    // A value over several lines, or a second one on the same line, is not set by replacing a part of the line.
    if (start === undefined || old === undefined || old !== before[line] || to > start + old.length) return null;
    after[line] = `${old.slice(0, from - start)}${from === to ? " " : ""}${value}${old.slice(to - start)}`;
  }
  const changed = before.flatMap((line, at) => (line === after[at] ? [] : [at]));
  if (changed.length === 0) return null;
  const [body, lastLine] = text.endsWith("\n") ? [before.length - 1, true] : [before.length, false];
  const hunks = hunksOf(changed, body).map(([from, to]) => {
    const lines = before.slice(from, to).flatMap((line, at) => {
      const now = after[from + at] ?? line;
      const end = !lastLine && from + at === body - 1 ? ["\\ No newline at end of file"] : [];
      return line === now ? [` ${line}`, ...end] : [`-${line}`, ...end, `+${now}`, ...end];
    });
    return [`@@ -${from + 1},${to - from} +${from + 1},${to - from} @@`, ...lines].join("\n");
  });
  return [`--- a/${file}`, `+++ b/${file}`, ...hunks, ""].join("\n");
}

/** A unified diff that makes a file. */
export function newFileDiff(file: string, text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const head = ["--- /dev/null", `+++ b/${file}`, `@@ -0,0 +1,${lines.length} @@`];
  return [...head, ...lines.map((line) => `+${line}`), ""].join("\n");
}

function lineStarts(lines: readonly string[]): readonly number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

/** Changed lines with their context, those that touch as one; ends are excluded. */
function hunksOf(changed: readonly number[], lines: number): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = [];
  for (const line of changed) {
    const from = Math.max(0, line - CONTEXT);
    const to = Math.min(lines, line + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}
