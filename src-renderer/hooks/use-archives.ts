import type { ArchiveDescription } from "../../src-shared/model/archive.ts";
import { NS_PER_SECOND, MAX_NANO_TIME, MIN_NANO_TIME } from "../../src-shared/model/nano-time.ts";
import { useAnswer, type Answer } from "./use-answer.ts";
import { useForbidden } from "./use-permission.ts";
import { useWorkspace, type RangeChoice } from "./workspace-store.ts";

/** What is open, newest first. */
export function useArchives(): Answer<readonly ArchiveDescription[]> {
  const forbidden = useForbidden("archives.read");
  return useAnswer("archives", "list", forbidden === undefined ? undefined : null);
}

export interface CurrentArchive {
  /** `null` while the source of the logs is a site. */
  readonly id: string | null;
  /** `undefined` while the list is not here, or where nothing of that id is open. */
  readonly archive: ArchiveDescription | undefined;
  /** The id in the workspace names nothing that is open. */
  readonly unknown: boolean;
}

/** The archive this window looks into. */
export function useCurrentArchive(): CurrentArchive {
  const id = useWorkspace((state) => (state.source.kind === "archive" ? state.source.archive : null));
  const { data } = useArchives();
  const archive = id === null ? undefined : data?.find((one) => one.id === id);
  return { id, archive, unknown: id !== null && data !== undefined && archive === undefined };
}

/**
 * All the time that a tenant of an archive has, or all of the archive for `null`: whole seconds around it, half open. `null`
 * when no time is known of it.
 */
export function wholeRange(archive: ArchiveDescription, tenant: string | null): RangeChoice | null {
  const parts = archive.tenants.filter((one) => tenant === null || one.tenant === tenant);
  const starts = parts.flatMap(({ startNs }) => (startNs === null ? [] : [BigInt(startNs)]));
  const ends = parts.flatMap(({ endNs }) => (endNs === null ? [] : [BigInt(endNs)]));
  const [firstStart] = starts;
  const [firstEnd] = ends;
  if (firstStart === undefined || firstEnd === undefined) return null;
  const start = starts.reduce((least, ns) => (ns < least ? ns : least), firstStart);
  const end = ends.reduce((most, ns) => (ns > most ? ns : most), firstEnd);
  const startNs = start - (((start % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND);
  // The last row belongs to the archive, the end of a range does not belong to it.
  const endNs = end - (((end % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND) + NS_PER_SECOND;
  return {
    kind: "absolute",
    startNs: String(startNs < MIN_NANO_TIME ? MIN_NANO_TIME : startNs),
    endNs: String(endNs > MAX_NANO_TIME ? MAX_NANO_TIME : endNs),
  };
}
