import { useEffect, useRef } from "react";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import type { ExploreViewStore } from "./explore-view-store.ts";

/** A query that was run from elsewhere (a link, the palette, "back") comes into the editor. */
export function useDraftFollowsWorkspace(store: ExploreViewStore): void {
  const query = useWorkspace((state) => state.query);
  const runs = useWorkspace((state) => state.runs);
  const seen = useRef({ query, runs });
  useEffect(() => {
    const changed = query !== seen.current.query || runs !== seen.current.runs;
    seen.current = { query, runs };
    if (changed && query !== store.getState().draft) store.setState({ draft: query });
  }, [store, query, runs]);
}
