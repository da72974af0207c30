import { useMemo, type ReactElement } from "react";
import type { CostDimension } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Prices, UsageRow } from "../../../../src-shared/model/tenants/usage.ts";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { usageColumns, type UsageSort } from "./usage-columns.tsx";

interface UsageTableProps {
  readonly by: CostDimension;
  readonly rows: readonly UsageRow[];
  readonly prices: Prices;
  readonly sort: UsageSort;
  readonly onSort: (sort: UsageSort) => void;
  readonly opened: string | null;
  readonly onOpen: (key: string) => void;
}

/** The rows of a report; a press opens what is behind one. */
export function UsageTable({ by, rows, prices, sort, onSort, opened, onOpen }: UsageTableProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const withStored = rows.some(({ storedBytes }) => storedBytes !== null);
  const columns = useMemo(
    () => usageColumns({ by, prices, withStored, sort, onSort, t, formats }),
    [by, prices, withStored, sort, onSort, t, formats],
  );
  return (
    <VirtualTable
      columns={columns}
      label={t("usage.table", { by: t(`usage.by.${by}`) })}
      onSelect={({ key }) => onOpen(key)}
      rowKey={({ key }) => key}
      rows={rows}
      selected={opened}
    />
  );
}
