import { useCallback, useEffect, useRef, useState } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { offerFile } from "../../../hooks/offer-file.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import {
  readSelection,
  selectionFileName,
  type ExportsClient,
  type SelectionProgress,
  type SelectionRequest,
} from "./read-selection.ts";

export type RowsSavingState =
  | { readonly phase: "idle" }
  | { readonly phase: "cancelled" }
  | { readonly phase: "saving"; readonly progress: SelectionProgress }
  | { readonly phase: "saved"; readonly progress: SelectionProgress; readonly file: string; readonly sizeBytes: number }
  | { readonly phase: "failed"; readonly error: WireError };

export interface RowsSaving {
  readonly state: RowsSavingState;
  readonly start: (request: SelectionRequest) => void;
  readonly cancel: () => void;
}

/** Saves rows as a file of the browser's own; what is going on ends with the component. */
export function useRowsSaving(client: ExportsClient): RowsSaving {
  const [state, setState] = useState<RowsSavingState>({ phase: "idle" });
  const life = useRef<AbortController | null>(null);
  useEffect(() => () => life.current?.abort(), []);
  const start = useCallback(
    (request: SelectionRequest) => {
      life.current?.abort();
      const own = new AbortController();
      life.current = own;
      const totalRows = request.rows.to - request.rows.from;
      setState({ phase: "saving", progress: { rows: 0, totalRows, redacted: {} } });
      readSelection(client, request, own.signal, (progress) => setState({ phase: "saving", progress })).then(
        ({ blob, ...progress }) => {
          if (own.signal.aborted) return;
          const file = selectionFileName(request.format, Date.now());
          offerFile(blob, file);
          setState({ phase: "saved", progress, file, sizeBytes: blob.size });
        },
        (error: unknown) => {
          if (!own.signal.aborted) setState({ phase: "failed", error: wireErrorOf(error) });
        },
      );
    },
    [client],
  );
  const cancel = useCallback(() => {
    life.current?.abort();
    setState({ phase: "cancelled" });
  }, []);
  return { state, start, cancel };
}
