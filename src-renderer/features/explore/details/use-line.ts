import { useEffect, useState, useSyncExternalStore } from "react";
import type { EntryRow } from "../../../../src-shared/model/log-row.ts";
import { isCut } from "../rows/row-layout.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import { LineReader, type LineSnapshot } from "./line-reader.ts";

export interface LineInHand {
  readonly reader: LineReader;
  readonly snapshot: LineSnapshot;
}

/** The line of a row, beginning with its first piece; `null` for the moment before the first. */
export function useLine(client: LogsClient, view: ResultSetView, row: EntryRow): LineInHand | null {
  const [reader, setReader] = useState<LineReader | null>(null);
  const { row: number, lineBytes } = row;
  const whole = isCut(row) ? null : row.line;
  useEffect(() => {
    const created = new LineReader(client, view.id, number, lineBytes, whole);
    setReader(created);
    return () => created[Symbol.dispose]();
  }, [client, view, number, lineBytes, whole]);
  const snapshot = useSyncExternalStore(
    (listener) => reader?.subscribe(listener) ?? (() => undefined),
    () => reader?.snapshot ?? null,
  );
  return reader === null || snapshot === null ? null : { reader, snapshot };
}
