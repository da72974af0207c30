import { useCallback, useContext } from "react";
import type { ArchiveDescription } from "../../src-shared/model/archive.ts";
import { nanoFromMs } from "../../src-shared/model/nano-time.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import type { ConsoleClient } from "../rpc/console-client.ts";
import { useRpc } from "../rpc/rpc-context.tsx";
import { wholeRange } from "./use-archives.ts";
import { WorkspaceContext, type RangeChoice, type Workspace } from "./workspace-store.ts";

/** How long to wait for an archive's labels before its own selector is taken. */
const LABELS_WAIT_MS = 1_500;

type TenantPart = ArchiveDescription["tenants"][number];

/** Whether every label that a query selects streams by is among those given; a text that does not parse fits nowhere. */
export async function queryFits(query: string, labels: readonly string[]): Promise<boolean> {
  if (query.trim() === "") return false;
  // Explore's code brings the parser along; the frame does not wait for it.
  const [{ parseLogQl }, { selectorsOf }] = await Promise.all([
    import("../../src-shared/logql/parser.ts"),
    import("../../src-shared/logql/ast.ts"),
  ]);
  const parsed = parseLogQl(query);
  if (!parsed.ok) return false;
  return selectorsOf(parsed.expr).every(({ matchers }) => matchers.every(({ name }) => labels.includes(name)));
}

async function labelsOf(
  api: ConsoleClient["api"],
  archive: ArchiveDescription,
  tenant: TenantId,
  range: RangeChoice | null,
): Promise<readonly string[]> {
  const { startNs, endNs } =
    range?.kind === "absolute" ? range : { startNs: "0", endNs: String(nanoFromMs(Date.now())) };
  try {
    return await api.logs.labels(
      { target: { kind: "archive", archive: archive.id, tenant }, range: { startNs, endNs } },
      { signal: AbortSignal.timeout(LABELS_WAIT_MS) },
    );
  } catch {
    // Without its labels nothing is known to fit: the archive's own selector always does.
    return [];
  }
}

/** `null` where the query that stands there fits the archive. */
async function queryFor(
  api: ConsoleClient["api"],
  archive: ArchiveDescription,
  part: TenantPart,
  range: RangeChoice | null,
  { query }: Workspace,
): Promise<string | null> {
  if (query.trim() === "") return part.selector;
  return (await queryFits(query, await labelsOf(api, archive, part.tenant, range))) ? null : part.selector;
}

export interface ExploreArchiveOptions {
  /** Default: the archive's first. */
  readonly tenant?: TenantId;
  /** It was opened (again) just now: what Explore shows of it may be of another reading. */
  readonly fresh?: boolean;
}

/**
 * Shows an archive in Explore: its first tenant (or the one given), all of its time, and the query that stands there where
 * the archive has the labels it asks for, else a selector of everything. Where Explore is in it already, it stays as it is.
 */
export function useExploreArchive(): (archive: ArchiveDescription, options?: ExploreArchiveOptions) => Promise<void> {
  const { api } = useRpc();
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error("no workspace around this component");
  return useCallback(
    async (archive, { tenant: wanted, fresh = false } = {}) => {
      const { source, tenant } = workspace.getState();
      const isThere = source.kind === "archive" && source.archive === archive.id && (wanted ?? tenant) === tenant;
      if (isThere && !fresh) {
        workspace.getState().show("explore");
        return;
      }
      const part = archive.tenants.find((one) => one.tenant === wanted) ?? archive.tenants[0];
      const range = wholeRange(archive, part?.tenant ?? null);
      const query = part === undefined ? null : await queryFor(api, archive, part, range, workspace.getState());
      workspace.getState().exploreArchive({ archive: archive.id, tenant: part?.tenant ?? null, range, query });
    },
    [api, workspace],
  );
}
