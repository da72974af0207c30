import {
  IconColumnInsertRight,
  IconColumnRemove,
  IconFilterMinus,
  IconFilterPlus,
  IconPlus,
  IconRefresh,
} from "@tabler/icons-react";
import { memo, useCallback, useMemo, useState, useSyncExternalStore, type ReactElement } from "react";
import type { FieldStat } from "../../../../src-shared/api/logs.api.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { EmptyView, LoadingView } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { FIELD_ORIGINS, type FieldFilterOp, type RowField } from "../details/row-fields.ts";
import { SmallButton } from "../floating/small-button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import type { RunPlan } from "../session/run-plan.ts";
import { useGrowth } from "../session/use-growth.ts";
import { useQuestion } from "../session/use-question.ts";
import { DetectedFields } from "./detected-fields.tsx";
import { searchFacets } from "./search-facets.ts";
import styles from "./facets.module.css";

interface FacetsPanelProps {
  readonly client: LogsClient;
  readonly view: ResultSetView;
  readonly plan: RunPlan | null;
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
  readonly onFilter: ((field: RowField, op: FieldFilterOp) => void) | null;
}

const TOP = 10;
/** A growing set is counted again no more often. */
const RECOUNT_MS = 3_000;

/** The labels and fields of the rows that are here, with their commonest values; a press writes a matcher into the query. */
export const FacetsPanel = memo(function FacetsPanel({
  client,
  view,
  plan,
  columns,
  onColumns,
  onFilter,
}: FacetsPanelProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [search, setSearch] = useState("");
  const growth = useGrowth(view, RECOUNT_MS);
  const stats = useQuestion(`${view.id} ${growth}`, (signal) =>
    client.fieldStats({ set: view.id, top: TOP }, { signal }),
  );
  const found = useMemo(() => searchFacets(stats.value?.fields ?? [], search), [stats.value, search]);
  const { value } = stats;
  const awaited = useRowsAwaited(view) && value?.scannedRows === 0;
  return (
    <section aria-label={t("explore.facets.title")} className={styles.panel}>
      <h2 className="visually-hidden">{t("explore.facets.title")}</h2>
      <div className={styles.top}>
        <input
          aria-label={t("explore.facets.search")}
          className={styles.search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t("explore.facets.search")}
          spellCheck={false}
          type="search"
          value={search}
        />
        <IconButton icon={IconRefresh} label={t("explore.facets.again")} onClick={stats.again} size={24} />
      </div>
      <p className={styles.scope}>
        {value === null || awaited
          ? ""
          : value.whole
            ? t("explore.facets.ofAll", { count: value.scannedRows, rows: formats.number(value.scannedRows) })
            : t("explore.facets.ofSome", { count: value.scannedRows, rows: formats.number(value.scannedRows) })}
      </p>
      <div className={styles.list}>
        {stats.error === null ? null : <ErrorPanel error={stats.error} onRetry={stats.again} />}
        {awaited || (value === null && stats.loading) ? <LoadingView rowHeight={22} rows={10} /> : null}
        {value !== null && !awaited && found.length === 0 ? (
          <EmptyView small title={search === "" ? t("explore.facets.none") : t("explore.facets.noMatch")} />
        ) : null}
        {FIELD_ORIGINS.map((origin) => {
          const fields = found.filter(({ from }) => from === origin);
          if (fields.length === 0) return null;
          return (
            <div key={origin}>
              <h3 className={styles.heading}>{t(`explore.fields.${origin}`)}</h3>
              {fields.map((field) => (
                <Facet
                  columns={columns}
                  field={field}
                  key={field.name}
                  onColumns={onColumns}
                  onFilter={onFilter}
                  open={search !== ""}
                  scannedRows={value?.scannedRows ?? 0}
                />
              ))}
            </div>
          );
        })}
        {plan === null || plan.kind === "metric" ? null : (
          <DetectedFields client={client} columns={columns} onColumns={onColumns} plan={plan} />
        )}
      </div>
    </section>
  );
});

/** Rows are there or on their way: that none were counted says nothing yet. */
function useRowsAwaited(view: ResultSetView): boolean {
  return useSyncExternalStore(
    useCallback((listener: () => void) => view.subscribe(listener), [view]),
    () => view.snapshot.state.rows > 0 || view.snapshot.state.phase === "reading",
  );
}

interface FacetProps extends Pick<FacetsPanelProps, "columns" | "onColumns" | "onFilter"> {
  readonly field: FieldStat;
  readonly scannedRows: number;
  readonly open: boolean;
}

function Facet({ field, scannedRows, columns, onColumns, onFilter, open }: FacetProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { name, from, distinct, exact, rows } = field;
  const isColumn = columns.includes(name);
  const few = from === "label" ? distinct <= 8 : distinct <= 4;
  const [toggled, setToggled] = useState<boolean | null>(null);
  const isOpen = open || (toggled ?? (few && from !== "parsed"));
  return (
    <div className={styles.facet}>
      <div className={styles.summary}>
        <button aria-expanded={isOpen} className={styles.toggle} onClick={() => setToggled(!isOpen)} type="button">
          <span className={styles.name}>{withVisibleCharacters(name)}</span>
          <span
            className={styles.distinct}
            title={t("explore.facets.inRows", { count: rows, rows: formats.number(rows) })}
          >
            {exact ? formats.number(distinct) : `≥ ${formats.number(distinct)}`}
          </span>
        </button>
        <SmallButton
          icon={isColumn ? IconColumnRemove : IconColumnInsertRight}
          label={isColumn ? t("explore.list.removeColumn", { name }) : t("explore.fields.addColumn", { name })}
          onClick={() => onColumns(isColumn ? columns.filter((column) => column !== name) : [...columns, name])}
        />
      </div>
      {isOpen ? <FacetValues field={field} onFilter={onFilter} scannedRows={scannedRows} /> : null}
    </div>
  );
}

function FacetValues({
  field,
  scannedRows,
  onFilter,
}: Pick<FacetProps, "field" | "scannedRows" | "onFilter">): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { name, from, top, distinct } = field;
  return (
    <ul>
      {top.map(({ value, rows: count }) => (
        <li className={styles.value} key={value}>
          <span className={styles.bar} style={{ width: `${(count / Math.max(1, scannedRows)) * 100}%` }} />
          <button
            aria-label={t("explore.facets.only", { name, value: value.slice(0, 100) })}
            className={styles.valueButton}
            disabled={onFilter === null}
            onClick={(event) => onFilter?.({ name, value, from }, event.shiftKey && from === "label" ? "also" : "=")}
            title={withVisibleCharacters(value.slice(0, 500))}
            type="button"
          >
            {value === "" ? t("explore.facets.emptyValue") : withVisibleCharacters(value.slice(0, 120))}
          </button>
          <span className={styles.count}>{formats.number(count)}</span>
          {onFilter === null ? null : (
            <span className={styles.ops}>
              <SmallButton
                icon={IconFilterPlus}
                label={t("explore.facets.only", { name, value: value.slice(0, 100) })}
                onClick={() => onFilter({ name, value, from }, "=")}
              />
              {from === "label" ? (
                <SmallButton
                  icon={IconPlus}
                  label={t("explore.facets.also", { name, value: value.slice(0, 100) })}
                  onClick={() => onFilter({ name, value, from }, "also")}
                />
              ) : null}
              <SmallButton
                icon={IconFilterMinus}
                label={t("explore.facets.without", { name, value: value.slice(0, 100) })}
                onClick={() => onFilter({ name, value, from }, "!=")}
              />
            </span>
          )}
        </li>
      ))}
      {distinct > top.length ? (
        <li className={styles.rest}>
          {t("explore.facets.more", { count: distinct - top.length, values: formats.number(distinct - top.length) })}
        </li>
      ) : null}
    </ul>
  );
}
