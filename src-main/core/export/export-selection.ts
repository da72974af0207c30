import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { formatNanoUtc } from "../../../src-shared/model/nano-time.ts";
import type { RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";
import { redactLabels, redactText, RedactionTally } from "../../../src-shared/redaction/redact-text.ts";
import { SecretFinder } from "../../../src-shared/redaction/secret-finder.ts";
import type { ResultSet } from "../logs/result-set/result-set.ts";
import type { StoredRow } from "../logs/result-set/row-store.ts";

/** One file that a person takes along; what is larger is an export's business. */
export const MAX_SELECTION_BYTES = 256 * 1024 * 1024;
/** About as much text as one piece has; a line that is longer is cut into several. */
const PIECE_CHARACTERS = 512 * 1024;
const ROWS_AT_A_TIME = 200;

export type SelectionFormat = "ndjson" | "csv" | "text";

export interface SelectionRequest {
  /** Rows `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly format: SelectionFormat;
  readonly redact: readonly RedactionPattern[];
}

export interface SelectionPiece {
  readonly text: string;
  /** Rows whose text has ended so far. */
  readonly rows: number;
  readonly totalRows: number;
  /** Replacements so far. */
  readonly redacted: Readonly<Record<string, number>>;
}

/** How rows are written where the console writes rows; of the logs' domain, so it is passed in. */
export interface RowWriting {
  readonly rowText: (row: StoredRow, labels: LabelSet, format: "ndjson" | "text") => string;
  readonly rowExtra: (bytes: Buffer) => { readonly m?: LabelSet; readonly p?: LabelSet };
  readonly isMarker: (row: StoredRow) => boolean;
}

/**
 * Rows of a result set as the text of one small file, in pieces. NDJSON and text are as the console copies them; CSV has the
 * columns `ts,labels,metadata,line`.
 * @throws `logs.selection-too-large` past 256 MiB: of lines before anything was given, of text where it is reached
 */
export async function* exportSelection(
  set: ResultSet,
  request: SelectionRequest,
  writing: RowWriting,
  signal: AbortSignal,
): AsyncGenerator<SelectionPiece, void, undefined> {
  const end = Math.min(request.to, set.rowCount);
  const from = Math.min(request.from, end);
  const totalRows = end - from;
  await checkSize(set, from, end);
  const tally = new RedactionTally();
  const finder = request.redact.length === 0 ? null : new SecretFinder(request.redact);
  let bytes = 0;
  let text = request.format === "csv" ? `${CSV_HEADER}\r\n` : "";
  let rows = 0;
  const piece = (some: string): SelectionPiece => {
    bytes += Buffer.byteLength(some);
    if (bytes > MAX_SELECTION_BYTES) throw tooLarge();
    return { text: some, rows, totalRows, redacted: tally.counts() };
  };
  for (let row = from; row < end; row += 1) {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    await set.visit(row, row + 1, Infinity, (stored) => {
      text += selectedText(stored, set.store.streams.labels(stored.stream), request.format, writing, finder, tally);
    });
    while (text.length > PIECE_CHARACTERS) {
      const cut = boundary(text, PIECE_CHARACTERS);
      yield piece(text.slice(0, cut));
      text = text.slice(cut);
    }
    rows += 1;
  }
  yield piece(text);
}

/** Reads only how long the lines are, so that what is refused is refused at once. */
async function checkSize(set: ResultSet, from: number, end: number): Promise<void> {
  if (from === 0 && end === set.rowCount && set.view === null && set.store.lineBytes > MAX_SELECTION_BYTES) {
    throw tooLarge();
  }
  let bytes = 0;
  for (let row = from; row < end; row += ROWS_AT_A_TIME) {
    await set.visit(row, Math.min(end, row + ROWS_AT_A_TIME), 0, ({ lineBytes }) => {
      bytes += lineBytes;
    });
    if (bytes > MAX_SELECTION_BYTES) throw tooLarge();
  }
}

function selectedText(
  stored: StoredRow,
  labels: LabelSet,
  format: SelectionFormat,
  writing: RowWriting,
  finder: SecretFinder | null,
  tally: RedactionTally,
): string {
  const row = finder === null || writing.isMarker(stored) ? stored : redactedRow(stored, writing, finder, tally);
  const shown = finder === null ? labels : redactLabels(labels, finder, tally);
  if (format !== "csv") return writing.rowText(row, shown, format);
  if (writing.isMarker(row)) return csvRow([formatNanoUtc(row.timestampNs), "", row.extra.toString(), ""]);
  const { m = {}, p } = writing.rowExtra(row.extra);
  return csvRow([
    formatNanoUtc(row.timestampNs),
    JSON.stringify(shown),
    JSON.stringify(p === undefined ? m : { ...p, ...m }),
    row.line.toString(),
  ]);
}

function redactedRow(
  stored: StoredRow,
  { rowExtra }: RowWriting,
  finder: SecretFinder,
  tally: RedactionTally,
): StoredRow {
  // Bytes that are no UTF-8 stay as they are unless something is found among them.
  const found = finder.find(stored.line, 0, stored.line.length).length > 0;
  const line = found ? Buffer.from(redactText(stored.line.toString(), finder, tally)) : stored.line;
  const { m, p } = rowExtra(stored.extra);
  const shown = {
    ...(m === undefined ? {} : { m: redactLabels(m, finder, tally) }),
    ...(p === undefined ? {} : { p: redactLabels(p, finder, tally) }),
  };
  const same = shown.m === m && shown.p === p;
  const extra = same ? stored.extra : Buffer.from(JSON.stringify(shown));
  return { ...stored, line, lineBytes: line.length, extra };
}

const CSV_HEADER = "ts,labels,metadata,line";

function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/**
 * A cell after RFC 4180. A spreadsheet runs a cell that begins with one of these characters as a formula, so it gets an
 * apostrophe in front (OWASP, "CSV injection").
 */
export function csvCell(text: string): string {
  const defused = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}

/** Never between the two halves of a pair of surrogates. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

function tooLarge(): AppError {
  return new AppError("logs.selection-too-large", { limitBytes: MAX_SELECTION_BYTES });
}
