import { IconCopy } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { TEXT_FORMATS } from "../../../../src-shared/api/logs.api.ts";
import { errorText } from "../../../components/error-text.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import type { MenuEntry } from "../floating/menu-button.tsx";
import { selectedRange, type RowSelection } from "../rows/row-selection.ts";
import { copyRows, type RowRange, type TextFormat } from "./copy-rows.ts";
import type { LogsClient, ResultSetView } from "./result-set-view.ts";

export interface Copying {
  readonly entries: readonly MenuEntry[];
  /** What is going on or has just been done, in words. */
  readonly status: string | null;
  readonly onCancel: (() => void) | null;
  readonly copy: (format: TextFormat) => void;
}

const TOLD_MS = 4_000;

/** Copying the chosen rows to the clipboard; all of them where no stretch is chosen. */
export function useCopying(
  client: LogsClient,
  view: ResultSetView | null,
  selection: RowSelection,
  total: number,
): Copying {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("logs.export");
  const [status, setStatus] = useState<string | null>(null);
  const [work, setWork] = useState<AbortController | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return useMemo(() => {
    const chosen = selectedRange(selection);
    const isStretch = chosen.to - chosen.from > 1;
    const range = isStretch ? chosen : { from: 0, to: total };
    const count = range.to - range.from;
    const tell = (text: string): void => {
      setStatus(text);
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = setTimeout(() => setStatus(null), TOLD_MS);
    };
    const copyStretch = async (rows: RowRange, format: TextFormat): Promise<void> => {
      if (view === null || rows.to <= rows.from) return;
      const life = new AbortController();
      const copied = { count: rows.to - rows.from, rows: formats.number(rows.to - rows.from) };
      setWork(life);
      setStatus(t("explore.export.copying", copied));
      try {
        await navigator.clipboard.writeText(await copyRows(client, view.id, rows, format, life.signal));
        tell(t("explore.export.copied", copied));
      } catch (error) {
        // Both the clipboard's refusal and the core's failures are told here.
        if (life.signal.aborted) setStatus(null);
        else if (error instanceof DOMException) tell(t("app.copyRefused"));
        else tell(errorText(t, wireErrorOf(error)));
      } finally {
        setWork(null);
      }
    };
    const entries = TEXT_FORMATS.map((format, index): MenuEntry => ({
      id: `copy ${format}`,
      icon: IconCopy,
      label: t(`explore.export.copy.${format}`),
      disabledReason: forbidden,
      ...(index === 0
        ? { heading: t(`explore.export.${isStretch ? "chosen" : "all"}`, { count, rows: formats.number(count) }) }
        : {}),
      run: () => void copyStretch(range, format),
    }));
    return {
      entries,
      status: status ?? (isStretch ? t("explore.export.chosen", { count, rows: formats.number(count) }) : null),
      onCancel: work === null ? null : () => work.abort(),
      copy: (format) => {
        if (forbidden === undefined) void copyStretch(chosen, format);
        else tell(forbidden);
      },
    };
  }, [client, view, selection, total, t, formats, forbidden, status, work]);
}
