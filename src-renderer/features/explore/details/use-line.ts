import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { EntryRow } from "../../../../src-shared/model/log-row.ts";
import { isCut } from "../rows/row-layout.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import { LineReader, type LineSnapshot } from "./line-reader.ts";

export interface LineInHand {
  readonly reader: LineReader;
  readonly snapshot: LineSnapshot;
}

/** The line of a row, read from its first piece on. */
export function useLine(client: LogsClient, view: ResultSetView, row: EntryRow): LineInHand {
  const { row: number, lineBytes } = row;
  const whole = isCut(row) ? null : row.line;
  const reader = useMemo(
    () => new LineReader(client, view.id, number, lineBytes, whole),
    [client, view, number, lineBytes, whole],
  );
  useEffect(() => {
    reader.readMore();
    return () => reader[Symbol.dispose]();
  }, [reader]);
  const snapshot = useSyncExternalStore(
    useCallback((listener: () => void) => reader.subscribe(listener), [reader]),
    () => reader.snapshot,
  );
  return { reader, snapshot };
}
