import type { TEXT_FORMATS } from "../../../../src-shared/api/logs.api.ts";
import { RemoteError } from "../../../../src-shared/errors/remote-error.ts";
import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import type { LogsClient } from "./result-set-view.ts";

export type TextFormat = (typeof TEXT_FORMATS)[number];

export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Characters that the clipboard is given; more is saved as a file. */
const MAX_CLIPBOARD_CHARACTERS = 16_000_000;

/** The pieces of rows as text, one after the other, as the core hands them out. */
async function* textPieces(
  client: LogsClient,
  set: ResultSetId,
  { from, to }: RowRange,
  format: TextFormat,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly text: string; readonly rows: number }> {
  let cursor: number | null = null;
  do {
    const piece: { text: string; cursor: number | null; rows: number } = await client.copy(
      { set, from, to, format, ...(cursor === null ? {} : { cursor }) },
      signal === undefined ? {} : { signal },
    );
    yield piece;
    if (piece.cursor !== null && piece.cursor === cursor) return;
    ({ cursor } = piece);
  } while (cursor !== null);
}

/** Rows as one text for the clipboard. Rejects with `logs.selection-too-large` where it would not fit. */
export async function copyRows(
  client: LogsClient,
  set: ResultSetId,
  range: RowRange,
  format: TextFormat,
  signal?: AbortSignal,
): Promise<string> {
  const pieces: string[] = [];
  let characters = 0;
  for await (const { text } of textPieces(client, set, range, format, signal)) {
    characters += text.length;
    if (characters > MAX_CLIPBOARD_CHARACTERS) {
      throw new RemoteError({
        code: "logs.selection-too-large",
        params: { limitBytes: MAX_CLIPBOARD_CHARACTERS },
        category: "resource",
        retryable: false,
      });
    }
    pieces.push(text);
  }
  return pieces.join("");
}
