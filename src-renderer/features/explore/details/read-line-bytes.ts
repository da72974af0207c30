import { z } from "zod";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";

/** Longer lines are not asked for: their copy comes in several pieces. */
export const MAX_HEX_BYTES = 65_536;

/** Of a copied row, what tells its bytes; `lineBase64` is there where they are no UTF-8. */
const copiedRowSchema = z.object({ line: z.string(), lineBase64: z.base64().optional() });

/** A row's bytes as they are stored. They travel in the NDJSON copy of the row, and nowhere else. */
export async function readLineBytes(
  client: LogsClient,
  view: ResultSetView,
  row: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { text } = await client.copy({ set: view.id, from: row, to: row + 1, format: "ndjson" }, { signal });
  const { line, lineBase64 } = copiedRowSchema.parse(JSON.parse(text));
  if (lineBase64 === undefined) return new TextEncoder().encode(line);
  return Uint8Array.from(atob(lineBase64), (character) => character.charCodeAt(0));
}
