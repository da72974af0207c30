import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { NO_FILTER, type BoardFilter } from "./board/board-filter.ts";
import { useExplaining, type Explaining, type ExplainSubject } from "./explain/use-explaining.ts";

/** What a person has set on this screen, which outlives the change from tab to tab. */
export interface TenantsViewState {
  readonly filter: BoardFilter;
  readonly setFilter: (filter: BoardFilter) => void;
  /** The text in the paste box. */
  readonly pasted: string;
  readonly setPasted: (text: string) => void;
  readonly explaining: Explaining;
  /** Explains it, on the tab that does. */
  readonly explain: (subject: ExplainSubject) => void;
}

const TenantsViewContext = createContext<TenantsViewState | null>(null);

interface TenantsViewProviderProps {
  readonly site: Site["id"];
  readonly children: ReactNode;
}

export function TenantsViewProvider({ site, children }: TenantsViewProviderProps): ReactElement {
  const [filter, setFilter] = useState(NO_FILTER);
  const [pasted, setPasted] = useState("");
  const explaining = useExplaining(site);
  const showTenants = useWorkspace((state) => state.showTenants);
  const { explain: ask } = explaining;
  const explain = useMemo(
    () =>
      (subject: ExplainSubject): void => {
        ask(subject);
        showTenants({ tab: "explain" });
      },
    [ask, showTenants],
  );
  return (
    <TenantsViewContext value={{ filter, setFilter, pasted, setPasted, explaining, explain }}>
      {children}
    </TenantsViewContext>
  );
}

export function useTenantsView(): TenantsViewState {
  const view = useContext(TenantsViewContext);
  if (view === null) throw new Error("no view of tenants around this component");
  return view;
}
