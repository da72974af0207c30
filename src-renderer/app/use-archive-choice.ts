import { useEffect } from "react";
import { useCurrentArchive, wholeRange } from "../hooks/use-archives.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";

/**
 * Fills in what a link or an address left out of an archive: its first tenant, all of its time, everything in it. Times that
 * move with the clock mean nothing there.
 */
export function useArchiveChoice(): void {
  const { archive } = useCurrentArchive();
  const tenant = useWorkspace((state) => state.tenant);
  const range = useWorkspace((state) => state.range);
  const query = useWorkspace((state) => state.query);
  const chooseArchive = useWorkspace((state) => state.chooseArchive);
  useEffect(() => {
    if (archive === undefined) return;
    const part = tenant === null ? archive.tenants[0] : archive.tenants.find((one) => one.tenant === tenant);
    const missing = {
      tenant: tenant ?? part?.tenant ?? null,
      range: range.kind === "relative" ? wholeRange(archive, part?.tenant ?? null) : null,
      query: query === "" ? (part?.selector ?? null) : null,
    };
    if (missing.tenant !== tenant || missing.range !== null || missing.query !== null) {
      chooseArchive({ archive: archive.id, ...missing });
    }
  }, [archive, tenant, range, query, chooseArchive]);
}
