import { useMediaQuery } from "@mantine/hooks";
import { IconUsersGroup } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { TenantRow, TenantsBoard } from "../../../../src-shared/model/tenants/board.ts";
import { Button } from "../../../components/button.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { VirtualTable } from "../../../components/virtual-table.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useTenantsView } from "../tenants-view.tsx";
import { useHeldOrder } from "../use-held-order.ts";
import { BoardBanner } from "./board-banner.tsx";
import { boardColumns } from "./board-columns.tsx";
import { BoardFilterBar } from "./board-filter-bar.tsx";
import { matchesFilter, NO_FILTER } from "./board-filter.ts";
import { BoardGate } from "./board-gate.tsx";
import { DoubtNotices, OverdueNotice } from "./board-notices.tsx";
import styles from "./board.module.css";

/** Tenants by how near they are to a limit. */
export function BoardTab(): ReactElement {
  return <BoardGate>{(board) => <Board board={board} />}</BoardGate>;
}

function Board({ board }: { readonly board: TenantsBoard }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { filter, setFilter, explain } = useTenantsView();
  const opened = useWorkspace((state) => state.tenants.opened);
  const showTenants = useWorkspace((state) => state.showTenants);
  const names = useMemo(() => board.tenants.map(({ tenant }) => tenant), [board]);
  const { order, outOfOrder, sortNow, handlers } = useHeldOrder(names);
  const rows = useMemo(() => {
    const byName = new Map(board.tenants.map((row) => [row.tenant, row]));
    return order.flatMap((name): TenantRow[] => {
      const row = byName.get(name);
      return row !== undefined && matchesFilter(row, filter) ? [row] : [];
    });
  }, [board, order, filter]);
  const wide = useMediaQuery("(min-width: 1320px)", true, { getInitialValueInEffect: false });
  const room = opened !== null ? "narrow" : wide ? "wide" : "middle";
  const columns = useMemo(
    () =>
      boardColumns({
        t,
        formats,
        room,
        onExplain: (tenant, reason) => explain({ kind: "discards", tenant, reason }),
      }),
    [t, formats, room, explain],
  );
  return (
    <div className={styles.board}>
      <BoardBanner board={board} onKind={(kind) => setFilter({ ...NO_FILTER, kind })} />
      <OverdueNotice expiries={board.expiries} />
      <DoubtNotices board={board} />
      <BoardFilterBar all={board.tenants.length} filter={filter} found={rows.length} onFilter={setFilter} />
      {board.tenants.length === 0 ? (
        <EmptyView icon={IconUsersGroup} text={t("limits.board.emptyText")} title={t("limits.board.empty")} />
      ) : rows.length === 0 ? (
        <EmptyView
          actions={<Button onClick={() => setFilter(NO_FILTER)}>{t("limits.filter.clear")}</Button>}
          text={t("limits.filter.noneText")}
          title={t("limits.filter.none")}
        />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only notices that somebody is here
        <div className={styles.tableFrame} {...handlers}>
          <VirtualTable
            columns={columns}
            footer={
              board.more === 0
                ? undefined
                : t("limits.board.more", { count: board.more, more: formats.number(board.more) })
            }
            label={t("limits.board.label")}
            onSelect={({ tenant }) => showTenants({ opened: tenant })}
            rowHeight={32}
            rowKey={({ tenant }) => tenant}
            rows={rows}
            selected={opened}
          />
          {/* Over the table's head, not in its flow: its coming moves nothing. */}
          {outOfOrder ? (
            <div className={styles.outOfOrder}>
              <span>{t("limits.board.held")}</span>
              <Button compact onClick={sortNow}>
                {t("limits.board.sortNow")}
              </Button>
            </div>
          ) : null}
        </div>
      )}
    </div>
  );
}
