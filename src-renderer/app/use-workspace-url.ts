import { useEffect } from "react";
import type { SourceChoice, Workspace, WorkspaceStore } from "../hooks/workspace-store.ts";
import { formatWorkspaceLink, parseWorkspaceLink, type LinkedWorkspace, type ParsedLink } from "./workspace-url.ts";

/** Whether a change is a step that "back" should undo; other changes only correct the address. */
function isStep(after: Workspace, before: Workspace): boolean {
  return (
    after.screen !== before.screen ||
    after.runs !== before.runs ||
    after.site !== before.site ||
    (after.screen === "health" && after.health.tab !== before.health.tab) ||
    (after.screen === "tenants" && after.tenants.tab !== before.tenants.tab) ||
    (after.screen === "storage" && after.storage.tab !== before.storage.tab) ||
    // A tenant where there was none was filled in, not chosen.
    (after.tenant !== before.tenant && before.tenant !== null) ||
    !sameSource(after.source, before.source)
  );
}

function sameSource(a: SourceChoice, b: SourceChoice): boolean {
  if (a.kind === "archive") return b.kind === "archive" && a.archive === b.archive;
  if (a.kind === "pods") return b.kind === "pods" && a.namespace === b.namespace;
  return b.kind === "loki";
}

/** Puts a parsed link into the workspace; a query that came with it is run. */
export function openLink(store: WorkspaceStore, link: ParsedLink): void {
  const { workspace } = link;
  store.setState((state) => ({
    ...workspace,
    health: workspace.screen === "health" ? workspace.health : state.health,
    tenants: workspace.screen === "tenants" ? workspace.tenants : state.tenants,
    storage: workspace.screen === "storage" ? workspace.storage : state.storage,
    site: workspace.site ?? state.site,
    tenant: workspace.tenant ?? (workspace.site === null && sameKind(workspace, state) ? state.tenant : null),
    beforeArchive: beforeArchive(workspace, state),
    runs: workspace.screen === "explore" && workspace.query !== "" ? state.runs + 1 : state.runs,
  }));
}

/** A tenant of a site is none of an archive, nor one archive's another's. */
function sameKind({ source }: LinkedWorkspace, state: Workspace): boolean {
  return source.kind === "archive" ? sameSource(source, state.source) : state.source.kind !== "archive";
}

function beforeArchive({ source }: LinkedWorkspace, state: Workspace): Workspace["beforeArchive"] {
  if (source.kind !== "archive") return null;
  if (state.source.kind === "archive") return state.beforeArchive;
  return { tenant: state.tenant, source: state.source, range: state.range, query: state.query };
}

/**
 * Keeps the address and the workspace one: changes are written to the hash, "back" and a typed address are read from it.
 * Everything else that a link says (`onLink`) is told once.
 */
export function useWorkspaceUrl(store: WorkspaceStore, onLink: (link: ParsedLink) => void): void {
  useEffect(() => {
    const address = (): string => `#/${formatWorkspaceLink(store.getState())}`;
    onLink(parseWorkspaceLink(window.location.hash));
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
      onLink(link);
      openLink(store, link);
      window.history.replaceState(null, "", address());
    };
    window.addEventListener("popstate", onPopState);
    return () => {
      unsubscribe();
      window.removeEventListener("popstate", onPopState);
    };
  }, [store, onLink]);
}
