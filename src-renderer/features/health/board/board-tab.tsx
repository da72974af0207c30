import type { ReactElement } from "react";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { Button } from "../../../components/button.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { HealthGate } from "../health-gate.tsx";
import { BoardBanner } from "./board-banner.tsx";
import { BoardFilterBar } from "./board-filter-bar.tsx";
import { NO_FILTER } from "./board-layout.ts";
import { BoardTable } from "./board-table.tsx";
import { useBoardView } from "./board-view.tsx";
import { CauseNotices, ViewNotices } from "./board-notices.tsx";
import styles from "./board.module.css";

/** What is thought of every component, the worst first. */
export function BoardTab(): ReactElement {
  return <HealthGate>{(health) => <Board health={health} />}</HealthGate>;
}

function Board({ health }: { readonly health: SiteHealth }): ReactElement {
  const t = useTranslate();
  const { filter, setFilter } = useBoardView();
  return (
    <div className={styles.board}>
      <BoardBanner health={health} onFind={(text) => setFilter({ ...NO_FILTER, text })} />
      <CauseNotices causes={health.causes} />
      <ViewNotices health={health} />
      <BoardFilterBar filter={filter} health={health} onFilter={setFilter} />
      <BoardTable
        empty={
          health.components.length === 0 ? (
            <EmptyView text={t("health.board.emptyText")} title={t("health.board.empty")} />
          ) : (
            <EmptyView
              actions={<Button onClick={() => setFilter(NO_FILTER)}>{t("health.filter.clear")}</Button>}
              text={t("health.filter.nothingText")}
              title={t("health.filter.nothing")}
            />
          )
        }
        filter={filter}
        health={health}
      />
    </div>
  );
}
