import type { ResultSet } from "./result-set/result-set.ts";
import { rowText, textHeader, type TextFormat } from "./row-text.ts";

/** About as much text as one call answers with. */
const PIECE_CHARACTERS = 512 * 1_024;
/** A cursor is `rows done * PIECES + pieces of the next row done`: a row may be longer than an answer. */
const PIECES = 65_536;
export interface CopiedText {
  readonly text: string;
  /** Give it back for the next piece; `null` at the end. */
  readonly cursor: number | null;
  /** Rows whose text ended in this piece. */
  readonly rows: number;
}

/** Rows `[from, to)` as text, piece by piece. */
export async function copyRows(
  set: ResultSet,
  range: { readonly from: number; readonly to: number },
  format: TextFormat,
  cursor: number,
): Promise<CopiedText> {
  const end = Math.min(range.to, set.rowCount);
  const first = range.from + Math.floor(cursor / PIECES);
  let piece = cursor % PIECES;
  let answer = cursor === 0 ? textHeader(format) : "";
  let row = first;
  while (row < end && answer.length < PIECE_CHARACTERS) {
    const text = await textOf(set, row, format);
    if (piece > 0 || text.length > PIECE_CHARACTERS) {
      // A long row gets answers of its own.
      if (row > first) break;
      const start = boundary(text, piece * PIECE_CHARACTERS);
      const stop = boundary(text, (piece + 1) * PIECE_CHARACTERS);
      answer += text.slice(start, stop);
      if (stop < text.length) return { text: answer, cursor: (row - range.from) * PIECES + piece + 1, rows: 0 };
      piece = 0;
      row += 1;
      break;
    }
    if (answer.length + text.length > PIECE_CHARACTERS && row > first) break;
    answer += text;
    row += 1;
  }
  return { text: answer, cursor: row < end ? (row - range.from) * PIECES : null, rows: row - first };
}

async function textOf(set: ResultSet, row: number, format: TextFormat): Promise<string> {
  let text = "";
  await set.visit(row, row + 1, Infinity, (stored) => {
    text = rowText(stored, set.store.streams.labels(stored.stream), format);
  });
  return text;
}

/** Never between the two halves of a pair of surrogates. */
function boundary(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
