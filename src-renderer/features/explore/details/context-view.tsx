import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { LoadingView } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { LogList, type LogListHandle } from "../rows/log-list.tsx";
import { NO_SELECTION, type RowSelection } from "../rows/row-selection.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import { useResultSet } from "../session/use-result-set.ts";
import styles from "./details.module.css";
import { useContextSet } from "./use-context-set.ts";

interface ContextViewProps {
  readonly client: LogsClient;
  readonly view: ResultSetView;
  readonly row: number;
  readonly labels: LabelSet | undefined;
  readonly wrap: boolean;
  readonly columns: readonly string[];
}

const FIRST_LINES = 50;
const MORE_LINES = 200;
const MOST_LINES = 5_000;

/** The lines around one, of the same source, as a result of their own; the line itself is marked. */
export function ContextView({ client, view, row, labels, wrap, columns }: ContextViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [extent, setExtent] = useState({ before: FIRST_LINES, after: FIRST_LINES });
  const [source, setSource] = useState<readonly string[] | null>(null);
  const [selection, setSelection] = useState<RowSelection>(NO_SELECTION);
  const names = useMemo(() => Object.keys(labels ?? {}).toSorted(), [labels]);
  const context = useContextSet(client, view, row, extent, source);
  const list = useRef<LogListHandle>(null);
  const found = context.found;
  const rows = useResultSet(found?.view ?? null)?.state.rows ?? 0;
  const anchorRow = found?.anchorRow ?? null;

  useEffect(() => {
    if (found !== null && rows > found.anchorRow) list.current?.show(found.anchorRow, "center");
  }, [found, rows]);
  const chosen = source ?? names;
  // What makes the source is the same in every line: no column is needed for it.
  const telling = columns.filter((name) => !chosen.includes(name)).join("\n");
  const layout = useMemo(
    () => ({
      wrap,
      columns: telling === "" ? [] : telling.split("\n"),
      withDay: false,
      findSpans: null,
      anchorRow,
    }),
    [wrap, telling, anchorRow],
  );
  const more = (side: "before" | "after"): void =>
    setExtent((now) => ({ ...now, [side]: Math.min(MOST_LINES, now[side] + MORE_LINES) }));
  return (
    <div className={styles.viewBody}>
      {names.length === 0 ? null : (
        <fieldset className={styles.sources}>
          <legend>{t("explore.context.sameSource")}</legend>
          {names.map((name) => (
            <label className={styles.sourceLabel} key={name}>
              <input
                checked={chosen.includes(name)}
                disabled={chosen.length === 1 && chosen.includes(name)}
                onChange={(event) =>
                  setSource(event.currentTarget.checked ? [...chosen, name] : chosen.filter((one) => one !== name))
                }
                type="checkbox"
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      {context.error === null ? null : <ErrorPanel error={context.error} onRetry={context.again} />}
      <div className={styles.contextBar}>
        <Button compact icon={IconArrowUp} loading={context.loading} onClick={() => more("before")} tone="quiet">
          {t("explore.context.before", { lines: formats.number(MORE_LINES) })}
        </Button>
        <Button compact icon={IconArrowDown} loading={context.loading} onClick={() => more("after")} tone="quiet">
          {t("explore.context.after", { lines: formats.number(MORE_LINES) })}
        </Button>
        {found === null ? null : (
          <span className={styles.note}>{t("explore.context.rows", { count: rows, lines: formats.number(rows) })}</span>
        )}
      </div>
      {found === null ? (
        context.loading ? (
          <LoadingView rowHeight={20} rows={12} />
        ) : null
      ) : (
        <LogList
          cache={found.view.cache}
          follow={false}
          handle={list}
          hitRow={-1}
          key={found.view.id}
          label={t("explore.list.contextLabel")}
          layout={layout}
          onColumns={null}
          onCopy={() => undefined}
          onFollowEnded={() => undefined}
          onOpen={() => undefined}
          onSelection={setSelection}
          selection={selection}
        />
      )}
    </div>
  );
}
