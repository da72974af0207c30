import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { CostDimension } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Prices, UsageRow } from "../../../../src-shared/model/tenants/usage.ts";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { keyText, priceText, shareText } from "./usage-texts.ts";
import styles from "./usage.module.css";

export const SORTABLE = ["key", "bytes", "queries", "failed", "lines", "time", "price", "stored"] as const;
export interface UsageSort {
  readonly by: (typeof SORTABLE)[number];
  readonly down: boolean;
}

const DEAREST: UsageSort = { by: "bytes", down: true };

/** Days read best newest first; everything else dearest first. */
export const FIRST_SORT: Readonly<Record<CostDimension, UsageSort>> = {
  tenant: DEAREST,
  user: DEAREST,
  source: DEAREST,
  shape: DEAREST,
  day: { by: "key", down: true },
};

const FIGURES: Readonly<Record<Exclude<UsageSort["by"], "key">, (row: UsageRow) => number>> = {
  bytes: ({ bytes }) => bytes,
  queries: ({ queries }) => queries,
  failed: ({ failed }) => failed,
  lines: ({ lines }) => lines,
  time: ({ durationMs }) => durationMs,
  price: ({ scanPrice }) => scanPrice ?? -1,
  stored: ({ storedBytes }) => storedBytes ?? -1,
};

/** Rows in the order that was asked for; equal ones by their key, so that none of them jumps when figures come anew. */
export function sortUsage(rows: readonly UsageRow[], { by, down }: UsageSort): readonly UsageRow[] {
  const sign = down ? -1 : 1;
  const byKey = (a: UsageRow, b: UsageRow): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  if (by === "key") return rows.toSorted((a, b) => sign * byKey(a, b));
  const figure = FIGURES[by];
  return rows.toSorted((a, b) => sign * (figure(a) - figure(b)) || byKey(a, b));
}

interface ColumnInputs {
  readonly by: CostDimension;
  readonly prices: Prices;
  readonly withStored: boolean;
  readonly sort: UsageSort;
  readonly onSort: (sort: UsageSort) => void;
  readonly t: Translate;
  readonly formats: Formats;
}

export function usageColumns(inputs: ColumnInputs): readonly TableColumn<UsageRow>[] {
  const { by, prices, withStored, t, formats } = inputs;
  const head = (id: UsageSort["by"], label: string): ReactElement => <SortHead {...inputs} id={id} label={label} />;
  const figure = (id: UsageSort["by"], width: string, render: (row: UsageRow) => ReactElement | string) => ({
    id,
    header: head(id, t(`usage.column.${id}`)),
    width,
    align: "end" as const,
    render,
  });
  return [
    {
      id: "key",
      header: head("key", t(`usage.by.${by}`)),
      width: by === "shape" ? "minmax(280px, 3fr)" : "minmax(160px, 1.4fr)",
      render: ({ key }) => (
        <span className={by === "shape" ? styles.mono : styles.name} data-untold={key === "" || undefined} title={key}>
          {keyText(by, key, t)}
        </span>
      ),
    },
    {
      id: "share",
      header: t("usage.column.share"),
      width: "minmax(112px, 1fr)",
      render: ({ share }) => (
        <span className={styles.share}>
          <span aria-hidden className={styles.shareBar}>
            <span style={{ width: `${Math.min(1, share) * 100}%` }} />
          </span>
          <span className={styles.shareText}>{shareText(share, formats)}</span>
        </span>
      ),
    },
    figure("bytes", "104px", ({ bytes }) => <span title={formats.bytesExact(bytes)}>{formats.bytes(bytes)}</span>),
    figure("queries", "88px", ({ queries }) => formats.number(queries)),
    figure("failed", "80px", ({ failed }) => (
      <span className={styles.failed} data-some={failed > 0 || undefined}>
        {formats.number(failed)}
      </span>
    )),
    figure("lines", "120px", ({ lines }) => formats.number(lines)),
    figure("time", "96px", ({ durationMs }) => formats.duration(durationMs)),
    ...(prices.perTbScanned > 0
      ? [figure("price", "112px", ({ scanPrice }) => priceText(scanPrice, prices, formats))]
      : []),
    ...(withStored ? [figure("stored", "176px", (row) => <Stored {...{ row, prices, formats, t }} />)] : []),
  ];
}

interface StoredProps {
  readonly row: UsageRow;
  readonly prices: Prices;
  readonly formats: Formats;
  readonly t: Translate;
}

/** What a tenant has stored, with its price a month; a dash where nobody knows it. */
function Stored({ row: { storedBytes, storedPrice }, prices, formats, t }: StoredProps): ReactElement {
  if (storedBytes === null) return <span title={t("usage.stored.unknown")}>–</span>;
  const price = storedPrice === null ? "" : ` · ${priceText(storedPrice, prices, formats)}`;
  return (
    <span title={formats.bytesExact(storedBytes)}>
      {formats.bytes(storedBytes)}
      {price}
    </span>
  );
}

interface SortHeadProps extends Pick<ColumnInputs, "sort" | "onSort" | "t"> {
  readonly id: UsageSort["by"];
  readonly label: string;
}

function SortHead({ id, label, sort, onSort, t }: SortHeadProps): ReactElement {
  const active = sort.by === id;
  const Glyph = sort.down ? IconChevronDown : IconChevronUp;
  return (
    <button
      aria-label={
        active
          ? t(sort.down ? "usage.sort.isDown" : "usage.sort.isUp", { column: label })
          : t("usage.sort.by", { column: label })
      }
      className={styles.sort}
      data-active={active || undefined}
      onClick={() => onSort({ by: id, down: active ? !sort.down : id !== "key" })}
      type="button"
    >
      {label}
      {active ? <Glyph aria-hidden size={12} stroke={2} /> : null}
    </button>
  );
}
