import { useContext, useMemo, type RefObject } from "react";
import { WorkspaceContext } from "../../hooks/workspace-store.ts";
import type { FieldFilterOp, RowField } from "./details/row-fields.ts";
import type { DetailsTab } from "./details/details-drawer.tsx";
import type { ExploreViewStore } from "./explore-view-store.ts";
import { NOTHING_TO_FIND } from "./find/use-find.ts";
import { withAnotherValue } from "./query/add-value.ts";
import { withFieldFilter, withMatcherText } from "./query/logql-tools.ts";
import type { QueryBarHandle } from "./query/query-bar.tsx";
import type { LogListHandle } from "./rows/log-list.tsx";
import { zoomOutRange } from "./range/range-form.ts";
import { resolveRange, type NanoRange } from "./session/run-plan.ts";
import { nanoFromMs } from "../../../src-shared/model/nano-time.ts";

export interface ExploreActions {
  readonly setDraft: (draft: string) => void;
  /** Runs what stands in the editor. */
  readonly run: () => void;
  readonly runQuery: (query: string) => void;
  readonly toggleLive: () => void;
  /** Puts a ready matcher into the query and runs it. */
  readonly narrow: (matcher: string) => void;
  /** `also`: this value too, beside those that are asked for already. */
  readonly filterField: (field: RowField, op: FieldFilterOp) => void;
  readonly zoom: (range: NanoRange) => void;
  readonly readWith: (limit: number | null) => void;
  readonly openFind: () => void;
  readonly closeFind: () => void;
  readonly openDrawer: (tab: DetailsTab) => void;
  readonly closeDrawer: () => void;
  readonly toggleWrap: () => void;
  readonly toggleFacets: () => void;
  readonly setColumns: (columns: readonly string[]) => void;
  readonly follow: () => void;
  readonly pause: (rows: number) => void;
  /** Closes what was opened last: the details, else the find bar. */
  readonly closeOpened: () => void;
  readonly moveByKey: (key: string) => void;
  readonly widen: () => void;
  readonly focusQuery: () => void;
  readonly format: () => void;
}

interface ActionSurroundings {
  readonly store: ExploreViewStore;
  readonly list: RefObject<LogListHandle | null>;
  readonly query: RefObject<QueryBarHandle | null>;
}

/** Everything that buttons, keys and the palette do in Explore, in one place. */
export function useExploreActions({ store, list, query }: ActionSurroundings): ExploreActions {
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error("no workspace around Explore");
  return useMemo(() => {
    const run = (text: string): void => {
      store.setState({ draft: text });
      if (text.trim() !== "") workspace.getState().run(text);
    };
    // A filter is put on what is shown: on the query that was run, not on half a text in the editor.
    const change = (edit: (text: string) => string | null): void => {
      const { query: ran } = workspace.getState();
      const changed = edit(ran === "" ? store.getState().draft : ran);
      if (changed !== null) run(changed);
    };
    return {
      setDraft: (draft) => store.setState({ draft }),
      run: () => run(store.getState().draft),
      runQuery: run,
      toggleLive: () => {
        const { live, setLive } = workspace.getState();
        const { draft } = store.getState();
        if (!live && draft.trim() === "") return;
        if (!live) workspace.setState({ query: draft });
        setLive(!live);
      },
      narrow: (matcher) => change((text) => withMatcherText(text, matcher)),
      filterField: (field, op) =>
        change((text) =>
          op === "also" ? withAnotherValue(text, field.name, field.value) : withFieldFilter(text, field, op),
        ),
      zoom: (range) => {
        workspace.getState().chooseRange({ kind: "absolute", ...range });
        workspace.getState().run();
      },
      readWith: (limit) => {
        store.setState({ limit });
        workspace.getState().run();
      },
      openFind: () =>
        store.setState((state) => ({ findInput: state.findInput ?? NOTHING_TO_FIND, findRound: state.findRound + 1 })),
      closeFind: () => {
        store.setState({ findInput: null });
        list.current?.focus();
      },
      openDrawer: (drawer) => store.setState({ drawer }),
      closeDrawer: () => {
        store.setState({ drawer: null });
        list.current?.focus();
      },
      toggleWrap: () => store.setState((state) => ({ wrap: !state.wrap })),
      toggleFacets: () => store.setState((state) => ({ facetsOpen: !state.facetsOpen })),
      setColumns: (columns) => store.setState({ columns }),
      follow: () => store.setState({ follow: true }),
      pause: (seenRows) => store.setState({ follow: false, seenRows }),
      closeOpened: () => {
        const { drawer } = store.getState();
        store.setState(drawer === null ? { findInput: null } : { drawer: null });
        list.current?.focus();
      },
      moveByKey: (key) => {
        list.current?.focus();
        list.current?.moveByKey(key);
      },
      widen: () => {
        const { startNs, endNs } = resolveRange(workspace.getState().range, Date.now());
        const nowNs = nanoFromMs(Date.now());
        workspace.getState().chooseRange(zoomOutRange(BigInt(startNs), BigInt(endNs), nowNs));
        workspace.getState().run();
      },
      focusQuery: () => query.current?.focus(),
      format: () => query.current?.format(),
    };
  }, [workspace, store, list, query]);
}
