import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";

/** Where a target reads, for people: `production · acme`, an archive's title and tenant. Ids where names are not known. */
export function useSourceName(target: LogTarget | null): string {
  const isArchive = target?.kind === "archive";
  const sites = useAnswer("sites", "list", target === null || isArchive ? null : undefined);
  const archives = useAnswer("archives", "list", isArchive ? undefined : null);
  if (target === null) return "";
  if (target.kind === "archive") {
    const title = archives.data?.find(({ id }) => id === target.archive)?.title ?? target.archive;
    return withVisibleCharacters(`${title} · ${target.tenant}`);
  }
  const site = sites.data?.sites.find(({ id }) => id === target.site)?.name ?? target.site;
  return withVisibleCharacters(`${site} · ${target.kind === "loki" ? target.tenant : target.namespace}`);
}
