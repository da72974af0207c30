import { IconCopy, IconFileDownload } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { TEXT_FORMATS } from "../../../../src-shared/api/logs.api.ts";
import { errorText } from "../../../components/error-text.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import type { MenuEntry } from "../floating/menu-button.tsx";
import { selectedRange, type RowSelection } from "../rows/row-selection.ts";
import { copyRows, rowsAsBlob, type TextFormat } from "./copy-rows.ts";
import type { LogsClient, ResultSetView } from "./result-set-view.ts";

export interface Exporting {
  readonly entries: readonly MenuEntry[];
  /** What is going on or has just been done, in words. */
  readonly status: string | null;
  readonly onCancel: (() => void) | null;
  readonly copy: (format: TextFormat) => void;
}

const EXTENSIONS: Readonly<Record<TextFormat, string>> = {
  text: "log",
  ndjson: "ndjson",
  csv: "csv",
  logfmt: "logfmt",
};
const TOLD_MS = 4_000;

/** Copying and saving the chosen rows; all of them where no stretch is chosen. */
export function useExport(
  client: LogsClient,
  view: ResultSetView | null,
  selection: RowSelection,
  total: number,
): Exporting {
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
    const run = async (task: (signal: AbortSignal) => Promise<string>): Promise<void> => {
      const life = new AbortController();
      setWork(life);
      try {
        tell(await task(life.signal));
      } catch (error) {
        // Both the clipboard's refusal and the core's failures are told here.
        if (life.signal.aborted) setStatus(null);
        else if (error instanceof DOMException) tell(t("app.copyRefused"));
        else tell(errorText(t, wireErrorOf(error)));
      } finally {
        setWork(null);
      }
    };
    const copyStretch = (rows: { from: number; to: number }, format: TextFormat): void => {
      if (view === null || rows.to <= rows.from) return;
      void run(async () => {
        await navigator.clipboard.writeText(await copyRows(client, view.id, rows, format));
        return t("explore.export.copied", { count: rows.to - rows.from, rows: formats.number(rows.to - rows.from) });
      });
    };
    const save = (format: TextFormat): void => {
      if (view === null) return;
      void run(async (signal) => {
        const blob = await rowsAsBlob(client, view.id, range, format, signal, (done) =>
          setStatus(t("explore.export.saving", { done: formats.number(done), rows: formats.number(count) })),
        );
        offerFile(blob, `logs-${fileTime(Date.now())}.${EXTENSIONS[format]}`);
        return t("explore.export.saved", { count, rows: formats.number(count) });
      });
    };
    const entries: MenuEntry[] = [
      ...TEXT_FORMATS.map((format, index) => ({
        id: `copy ${format}`,
        icon: IconCopy,
        label: t(`explore.export.copy.${format}`),
        disabledReason: forbidden,
        ...(index === 0
          ? {
              heading: isStretch
                ? t("explore.export.chosen", { count, rows: formats.number(count) })
                : t("explore.export.all", { count, rows: formats.number(count) }),
            }
          : {}),
        run: () => copyStretch(range, format),
      })),
      ...TEXT_FORMATS.map((format) => ({
        id: `save ${format}`,
        icon: IconFileDownload,
        label: t(`explore.export.save.${format}`),
        disabledReason: forbidden,
        run: () => save(format),
      })),
    ];
    return {
      entries,
      status: status ?? (isStretch ? t("explore.export.chosen", { count, rows: formats.number(count) }) : null),
      onCancel: work === null ? null : () => work.abort(),
      copy: (format) => {
        if (forbidden === undefined) copyStretch(chosen, format);
        else tell(forbidden);
      },
    };
  }, [client, view, selection, total, t, formats, forbidden, status, work]);
}

/** Hands a file to the browser's own download, which asks where to put it. */
function offerFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function fileTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
}
