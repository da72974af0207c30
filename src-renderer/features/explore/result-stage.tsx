import { IconFileSearch } from "@tabler/icons-react";
import {
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type RefObject,
} from "react";
import { useStore } from "zustand";
import { Button } from "../../components/button.tsx";
import { EmptyView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { errorText } from "../../components/error-text.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useCurrentSite } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { DetailsDrawer } from "./details/details-drawer.tsx";
import type { TraceLinkTemplate } from "./details/trace-link.ts";
import { ExploreStart } from "./explore-start.tsx";
import type { ExploreViewStore } from "./explore-view-store.ts";
import styles from "./explore.module.css";
import { FacetsPanel } from "./facets/facets-panel.tsx";
import { DensityGutter } from "./find/density-gutter.tsx";
import { FindBar } from "./find/find-bar.tsx";
import { useFind } from "./find/use-find.ts";
import { MetricView } from "./metric/metric-view.tsx";
import { ResultBar } from "./result-bar.tsx";
import { defaultColumns } from "./rows/default-columns.ts";
import { LogList, type LogListHandle } from "./rows/log-list.tsx";
import { selectRow } from "./rows/row-selection.ts";
import { useRow } from "./rows/use-row.ts";
import type { ExploreSession, ExploreSnapshot } from "./session/explore-session.ts";
import type { LogsClient, ResultSetView } from "./session/result-set-view.ts";
import { traitsOf } from "./session/source-traits.ts";
import { useResultSet } from "./session/use-result-set.ts";
import { useCopying } from "./session/use-copying.ts";
import type { ExploreActions } from "./use-explore-actions.ts";
import type { ExploreExports } from "./use-explore-exports.ts";
import { useFilterWithin } from "./use-filter-within.ts";
import { MetricBar } from "./metric/metric-bar.tsx";

interface ResultStageProps {
  readonly client: LogsClient;
  readonly session: ExploreSession;
  readonly snapshot: ExploreSnapshot;
  /** The rows that are shown: the whole result, or what a filter leaves of it. */
  readonly view: ResultSetView | null;
  readonly store: ExploreViewStore;
  readonly actions: ExploreActions;
  readonly exports: ExploreExports;
  readonly list: RefObject<LogListHandle | null>;
}

const NO_COLUMNS: readonly string[] = [];
const NO_LINKS: readonly TraceLinkTemplate[] = [];

/** Under the histogram: the rows (or the numbers, or why there are none), the facets and the details. */
export function ResultStage(props: ResultStageProps): ReactElement {
  const { snapshot, view, actions, exports } = props;
  if (snapshot.phase === "open" && snapshot.metric !== null) {
    return (
      <div className={styles.main}>
        <MetricBar answer={snapshot.metric} exports={exports} remote={traitsOf(snapshot.plan?.target ?? null).remote} />
        <MetricView answer={snapshot.metric} />
      </div>
    );
  }
  if (view !== null) return <Rows {...props} key={view.id} view={view} />;
  if (snapshot.phase === "opening" || snapshot.phase === "estimating") return <LoadingView rowHeight={20} rows={24} />;
  if (snapshot.phase === "idle" || snapshot.phase === "failed") return <ExploreStart onRun={actions.runQuery} />;
  return <div className={styles.main} />;
}

type RowsProps = ResultStageProps & { readonly view: ResultSetView };

function Rows({ client, session, snapshot, view, store, actions, exports, list }: RowsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { site } = useCurrentSite();
  const wrap = useStore(store, (state) => state.wrap);
  const chosenColumns = useStore(store, (state) => state.columns);
  const facetsOpen = useStore(store, (state) => state.facetsOpen);
  const findInput = useStore(store, (state) => state.findInput);
  const findRound = useStore(store, (state) => state.findRound);
  const selection = useStore(store, (state) => state.selection);
  const drawer = useStore(store, (state) => state.drawer);
  const follow = useStore(store, (state) => state.follow);
  const seenRows = useStore(store, (state) => state.seenRows);
  const resultSet = useResultSet(view);
  const { state, lost } = resultSet;
  const live = snapshot.live && snapshot.filtered === null;

  const find = useFind(client, view, findInput);
  const copying = useCopying(client, view, selection, state.rows);
  const sampleLabels = useSyncExternalStore(
    useCallback((listener: () => void) => view.cache.subscribe(listener), [view]),
    () => view.cache.sampleLabels,
  );
  const suggested = useMemo(() => defaultColumns(sampleLabels), [sampleLabels]);
  const columns = chosenColumns ?? (suggested.length === 0 ? NO_COLUMNS : suggested);
  const withDay = spansDays(state.firstNs, state.lastNs, (ns) => formats.timestamp(ns, { fraction: 0 }).slice(0, 10));
  const layout = useMemo(
    () => ({ wrap, columns, withDay, findSpans: find.spans, anchorRow: null }),
    [wrap, columns, withDay, find.spans],
  );
  const hitRow = find.snapshot?.current?.row ?? -1;
  const active = useRow(view.cache, selection.active);
  const shown = useMemo(
    () => (active?.row.kind === "entry" ? { row: active.row, labels: active.labels } : null),
    [active],
  );

  const onStep = useCallback(
    (direction: "next" | "previous") => {
      const { activeRow } = { activeRow: store.getState().selection.active };
      const from = hitRow >= 0 ? hitRow : activeRow >= 0 ? activeRow : (list.current?.firstVisibleRow() ?? 0) - 1;
      void find.step(direction, from).then((row) => {
        if (row === null) return;
        store.setState({ selection: selectRow(row), follow: false });
        list.current?.show(row, "center");
      });
    },
    [find, hitRow, list, store],
  );
  useFindKeys(findInput !== null, onStep);
  const filterWithin = useFilterWithin(client, session, view);
  const [filterError, setFilterError] = useState<string | null>(null);
  const onFilter = (): void => {
    if (find.match === null) return;
    const title = t("explore.find.filterTitle", { pattern: find.match.pattern });
    void filterWithin(find.match, title).then((error) => setFilterError(error === null ? null : errorText(t, error)));
  };
  const canFilter = snapshot.plan !== null;
  const isEmpty = state.rows === 0 && (state.phase === "done" || state.phase === "stopped");
  const isFailed = state.rows === 0 && state.phase === "failed";
  // The error stands above; a verdict on nothing and facets of nothing would only be read beside it.
  if (isFailed && snapshot.filtered === null) return <ExploreStart onRun={actions.runQuery} />;
  return (
    <div className={styles.stage}>
      <div className={styles.main}>
        <ResultBar
          copying={copying}
          exports={exports}
          facetsOpen={facetsOpen}
          filter={
            snapshot.filtered === null ? null : { title: snapshot.filtered.title, onLeave: () => session.leaveFilter() }
          }
          follow={follow}
          live={live}
          newRows={Math.max(0, state.rows - seenRows)}
          onFacets={actions.toggleFacets}
          onFind={actions.openFind}
          onFollow={actions.follow}
          onPause={() => actions.pause(state.rows)}
          onRaiseLimit={(limit) => actions.readWith(limit)}
          onReadAll={() => actions.readWith(null)}
          onStop={snapshot.live ? actions.toggleLive : () => void session.stop()}
          onWrap={actions.toggleWrap}
          remote={traitsOf(snapshot.plan?.target ?? null).remote}
          snapshot={resultSet}
          wrap={wrap}
        />
        {findInput === null ? null : (
          <FindBar
            find={find}
            focusRound={findRound}
            input={findInput}
            onClose={actions.closeFind}
            onFilter={onFilter}
            onInput={(input) => store.setState({ findInput: input })}
            onStep={onStep}
          />
        )}
        {filterError === null ? null : <PartialNotice>{filterError}</PartialNotice>}
        {lost === null ? null : (
          <PartialNotice
            actions={
              <Button compact onClick={() => view.watch()}>
                {t("explore.lost.again")}
              </Button>
            }
          >
            {t("explore.lost.text", { why: errorText(t, lost) })}
          </PartialNotice>
        )}
        {isEmpty || isFailed ? (
          <NothingFound
            filtered={snapshot.filtered !== null}
            onLeave={() => session.leaveFilter()}
            onWiden={live ? null : actions.widen}
          />
        ) : (
          <LogList
            cache={view.cache}
            follow={live && follow}
            gutter={
              findInput === null || find.match === null ? null : (
                <DensityGutter
                  density={find.snapshot?.counts?.density ?? []}
                  hitRow={hitRow}
                  onJump={(row) => list.current?.show(row, "center")}
                  total={state.rows}
                />
              )
            }
            handle={list}
            hitRow={hitRow}
            label={t("explore.list.label")}
            layout={layout}
            onColumns={actions.setColumns}
            onCopy={() => copying.copy("text")}
            onEndAsked={live ? actions.follow : () => undefined}
            onFollowEnded={() => actions.pause(state.rows)}
            onOpen={() => actions.openDrawer("fields")}
            onSelection={(next) => store.setState({ selection: next })}
            selection={selection}
          />
        )}
      </div>
      {drawer === null || shown === null ? null : (
        <DetailsDrawer
          client={client}
          columns={columns}
          hand={shown}
          onClose={actions.closeDrawer}
          onColumns={actions.setColumns}
          onFilter={canFilter ? actions.filterField : null}
          onTab={actions.openDrawer}
          tab={drawer}
          traceLinks={site?.config.traceLinks ?? NO_LINKS}
          view={view}
          wrap={wrap}
        />
      )}
      {facetsOpen ? (
        <FacetsPanel
          client={client}
          columns={columns}
          onColumns={actions.setColumns}
          onFilter={canFilter ? actions.filterField : null}
          plan={snapshot.plan}
          view={view}
        />
      ) : null}
    </div>
  );
}

interface NothingFoundProps {
  readonly filtered: boolean;
  readonly onLeave: () => void;
  readonly onWiden: (() => void) | null;
}

/** Nothing matched: says what to try, in the order of what is most often the cause. */
function NothingFound({ filtered, onLeave, onWiden }: NothingFoundProps): ReactElement {
  const t = useTranslate();
  if (filtered) {
    return (
      <EmptyView
        actions={<Button onClick={onLeave}>{t("explore.result.leaveFilter")}</Button>}
        icon={IconFileSearch}
        title={t("explore.empty.filtered")}
      />
    );
  }
  return (
    <EmptyView
      actions={onWiden === null ? undefined : <Button onClick={onWiden}>{t("explore.range.out")}</Button>}
      icon={IconFileSearch}
      text={t("explore.empty.text")}
      title={t("explore.empty.title")}
    />
  );
}

/** F3 goes from match to match wherever the focus is, while the find bar is open. */
function useFindKeys(open: boolean, onStep: (direction: "next" | "previous") => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "F3") return;
      event.preventDefault();
      onStep(event.shiftKey ? "previous" : "next");
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [open, onStep]);
}

function spansDays(firstNs: string | undefined, lastNs: string | undefined, day: (ns: string) => string): boolean {
  return firstNs !== undefined && lastNs !== undefined && day(firstNs) !== day(lastNs);
}
