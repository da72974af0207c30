// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows are recycled and placed by hand, which elements of a table do not allow
import {
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
} from "react";
import { ListHeader } from "./list-header.tsx";
import { RowListView } from "./row-list-view.ts";
import type { RowLayout } from "./row-layout.ts";
import { extendTo, isSelected, rowAfterKey, selectAll, selectRow, type RowSelection } from "./row-selection.ts";
import type { RowWindowCache } from "./row-window-cache.ts";
import styles from "./rows.module.css";
import { useRowWords } from "./use-row-words.ts";

/** What the surroundings may ask of the list. */
export interface LogListHandle {
  show(row: number, align: "nearest" | "center" | "start"): void;
  moveToStart(): void;
  moveToEnd(): void;
  /** Chooses the row that a key leads to, and shows it. */
  moveByKey(key: string): void;
  focus(): void;
  firstVisibleRow(): number;
  /** For the bench: elements that stand for rows, and exact movement. */
  readonly elementCount: number;
  moveBy(deltaPx: number): void;
}

interface LogListProps {
  readonly label: string;
  readonly cache: RowWindowCache;
  readonly layout: RowLayout;
  readonly selection: RowSelection;
  readonly onSelection: (selection: RowSelection) => void;
  readonly onOpen: (row: number) => void;
  /** The row of the current match; -1 for none. */
  readonly hitRow: number;
  readonly follow: boolean;
  readonly onFollowEnded: () => void;
  readonly onViewport?: (viewport: {
    readonly firstRow: number;
    readonly lastRow: number;
    readonly atEnd: boolean;
  }) => void;
  /** The last row was asked for by the keyboard: a tail is followed again. */
  readonly onEndAsked?: () => void;
  readonly onCopy: () => void;
  readonly onColumns: ((columns: readonly string[]) => void) | null;
  /** Beside the rows: the density gutter. */
  readonly gutter?: ReactNode;
  readonly handle?: Ref<LogListHandle>;
}

/**
 * The grid of rows: mounts the scrolling list, gives it the keyboard and tells assistive technology what it is. One list is of
 * one cache: give it the set's id as `key`.
 */
export function LogList(props: LogListProps): ReactElement {
  const { cache, layout, selection, hitRow, follow, onSelection, onOpen } = props;
  const words = useRowWords();
  const id = useId();
  const port = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const view = useRef<RowListView>(null);
  const viewport = useRef({ firstRow: 0, lastRow: 0, atEnd: false });
  const current = useRef(props);
  const moveByKey = useRef((_key: string, _extend: boolean): boolean => false);
  useLayoutEffect(() => {
    current.current = props;
  });
  const total = useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () => cache.total,
  );
  const state = useMemo(
    () => ({ activeRow: selection.active, isSelected: (row: number) => isSelected(selection, row), hitRow }),
    [selection, hitRow],
  );
  const initial = useRef({ layout, words, state });

  useEffect(() => {
    if (port.current === null || spacer.current === null || stage.current === null || rows.current === null) return;
    const list = new RowListView(
      { port: port.current, spacer: spacer.current, stage: stage.current, rows: rows.current },
      cache,
      initial.current,
      {
        onViewport: (seen) => {
          viewport.current = seen;
          current.current.onViewport?.(seen);
        },
        onFollowEnded: () => current.current.onFollowEnded(),
      },
    );
    view.current = list;
    return () => {
      view.current = null;
      list[Symbol.dispose]();
    };
  }, [cache]);
  useEffect(() => view.current?.setLayout(layout), [layout]);
  useEffect(() => view.current?.setWords(words), [words]);
  useEffect(() => view.current?.setState(state), [state]);
  useEffect(() => view.current?.setFollow(follow), [follow]);
  useImperativeHandle(
    props.handle,
    (): LogListHandle => ({
      show: (row, align) => view.current?.show(row, align),
      moveToStart: () => view.current?.moveToStart(),
      moveToEnd: () => view.current?.moveToEnd(),
      moveByKey: (key) => void moveByKey.current(key, false),
      focus: () => port.current?.focus({ preventScroll: true }),
      firstVisibleRow: () => viewport.current.firstRow,
      get elementCount() {
        return view.current?.elementCount ?? 0;
      },
      moveBy: (deltaPx) => view.current?.moveBy(deltaPx),
    }),
    [],
  );

  const choose = (row: number, extend: boolean): void => {
    onSelection(extend ? extendTo(selection, row) : selectRow(row));
  };
  useLayoutEffect(() => {
    moveByKey.current = (key, extend) => {
      const list = view.current;
      if (list === null) return false;
      const pageRows = Math.max(1, list.visibleRows - 1);
      const row = rowAfterKey(key, selection.active, { total, firstVisible: viewport.current.firstRow, pageRows });
      if (row === null) return false;
      choose(row, extend);
      if (row === 0) list.moveToStart();
      else list.show(row, "nearest");
      if (key === "End" || key === "G") props.onEndAsked?.();
      return true;
    };
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const list = view.current;
    if (list === null || event.defaultPrevented || event.target instanceof HTMLButtonElement) return;
    const { key } = event;
    const mod = event.ctrlKey || event.metaKey;
    if (mod && key === "a") onSelection(selectAll(total));
    else if (mod && key === "c" && (window.getSelection()?.isCollapsed ?? true)) props.onCopy();
    else if (mod || event.altKey) return;
    else if (key === "Enter" && selection.active >= 0) onOpen(selection.active);
    else if (key === "ArrowLeft") list.shiftLines(-16);
    else if (key === "ArrowRight") list.shiftLines(16);
    else if (!moveByKey.current(key, event.shiftKey && key !== "G")) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const rowOf = (event: MouseEvent): number | null => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    const number = Number(target?.dataset["row"] ?? Number.NaN);
    return Number.isInteger(number) && cache.row(number) !== undefined ? number : null;
  };
  const onClick = (event: MouseEvent): void => {
    const row = rowOf(event);
    // A click that ends the marking of text is not a choice of a row.
    if (row === null || (!event.shiftKey && !(window.getSelection()?.isCollapsed ?? true))) return;
    choose(row, event.shiftKey);
  };
  const onDoubleClick = (event: MouseEvent): void => {
    const row = rowOf(event);
    // The clicks before have chosen the row.
    if (row !== null) onOpen(row);
  };
  // The exact time is written when it is looked at, not for every row of every frame.
  const onMouseOver = (event: MouseEvent): void => {
    const row = rowOf(event);
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=gridcell]") : null;
    const data = row === null ? undefined : cache.row(row);
    if (cell === null || data === undefined) return;
    if (cell.classList.contains(styles.time ?? "")) cell.title = words.exactTime(data.timestampNs);
    else if (cell.classList.contains(styles.column ?? "")) cell.title = cell.textContent;
  };

  const onFocus = (): void => {
    // Who comes by the keyboard needs a row to stand on; a click chooses its own.
    const byKeyboard = port.current?.matches(":focus-visible") === true;
    if (byKeyboard && selection.active < 0 && total > 0) onSelection(selectRow(viewport.current.firstRow));
  };

  const frame = [styles.frame, layout.wrap ? styles.wrap : "", layout.withDay ? styles.withDay : ""].join(" ");
  return (
    <div className={frame} data-testid="log-list">
      <div className={styles.body}>
        {/* One stop of the Tab key; arrows move inside, and the active row is told by its id. */}
        <div
          aria-colcount={3 + layout.columns.length}
          aria-label={props.label}
          aria-multiselectable
          aria-rowcount={total + 1}
          className={styles.port}
          id={id}
          onClick={onClick}
          onDoubleClick={onDoubleClick}
          onFocus={onFocus}
          onKeyDown={onKeyDown}
          onMouseOver={onMouseOver}
          ref={port}
          role="grid"
          tabIndex={0}
        >
          <div ref={spacer} role="presentation">
            <div className={styles.stage} ref={stage} role="presentation">
              <ListHeader columns={layout.columns} onColumns={props.onColumns} />
              <div className={styles.window} role="presentation">
                <div className={styles.rows} ref={rows} role="rowgroup" />
              </div>
            </div>
          </div>
        </div>
        {props.gutter}
      </div>
    </div>
  );
}
