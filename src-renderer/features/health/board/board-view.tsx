import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { NO_FILTER, type BoardFilter } from "./board-layout.ts";

/** How a person set the board up; kept while they look at other parts of the screen. */
export interface BoardView {
  readonly filter: BoardFilter;
  readonly setFilter: (filter: BoardFilter) => void;
  /** Components that were opened or closed by hand. */
  readonly chosen: ReadonlyMap<string, boolean>;
  readonly choose: (component: string, open: boolean) => void;
}

const BoardViewContext = createContext<BoardView | null>(null);

export function BoardViewProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [filter, setFilter] = useState<BoardFilter>(NO_FILTER);
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const view = useMemo<BoardView>(
    () => ({
      filter,
      setFilter,
      chosen,
      choose: (component, open) => setChosen((before) => new Map(before).set(component, open)),
    }),
    [filter, chosen],
  );
  return <BoardViewContext value={view}>{children}</BoardViewContext>;
}

export function useBoardView(): BoardView {
  const view = useContext(BoardViewContext);
  if (view === null) throw new Error("no view of the board around this component");
  return view;
}
