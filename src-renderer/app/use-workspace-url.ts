import { useEffect } from "react";
import type { Workspace, WorkspaceStore } from "../hooks/workspace-store.ts";
import { formatWorkspaceLink, parseWorkspaceLink, type ParsedLink } from "./workspace-url.ts";

/** Whether a change is a step that "back" should undo; other changes only correct the address. */
function isStep(after: Workspace, before: Workspace): boolean {
  return (
    after.screen !== before.screen ||
    after.runs !== before.runs ||
    after.site !== before.site ||
    after.tenant !== before.tenant ||
    after.source !== before.source
  );
}

/** Puts a parsed link into the workspace; a query that came with it is run. */
export function openLink(store: WorkspaceStore, link: ParsedLink): void {
  store.setState((state) => ({
    ...link.workspace,
    site: link.workspace.site ?? state.site,
    tenant: link.workspace.tenant ?? (link.workspace.site === null ? state.tenant : null),
    runs: link.workspace.screen === "explore" && link.workspace.query !== "" ? state.runs + 1 : state.runs,
  }));
}

/** Keeps the address and the workspace one: changes are written to the hash, "back" and a typed address are read from it. */
export function useWorkspaceUrl(store: WorkspaceStore, onIgnored: (parts: readonly string[]) => void): void {
  useEffect(() => {
    const address = (): string => `#/${formatWorkspaceLink(store.getState())}`;
    const { ignored } = parseWorkspaceLink(window.location.hash);
    if (ignored.length > 0) onIgnored(ignored);
    if (window.location.hash !== address()) window.history.replaceState(null, "", address());
    const unsubscribe = store.subscribe((after, before) => {
      const next = address();
      if (next === window.location.hash) return;
      if (isStep(after, before)) window.history.pushState(null, "", next);
      else window.history.replaceState(null, "", next);
    });
    const onPopState = (): void => {
      if (window.location.hash === address()) return;
      const link = parseWorkspaceLink(window.location.hash);
      if (link.ignored.length > 0) onIgnored(link.ignored);
      openLink(store, link);
      window.history.replaceState(null, "", address());
    };
    window.addEventListener("popstate", onPopState);
    return () => {
      unsubscribe();
      window.removeEventListener("popstate", onPopState);
    };
  }, [store, onIgnored]);
}
