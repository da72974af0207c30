import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { chooseLabelColumns } from "./archive/parquet/label-columns.ts";
import { writeManifest } from "./archive/parquet/manifest-file.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleArchives } from "./console-archives.ts";
import type { ConsoleBase } from "./console-base.ts";
import { openPlaceStore } from "./console-stores.ts";
import { createExportJob, type LogsExportJobParts } from "./export/logs-export.job.ts";

/** The job that exports from any target into a folder or an object store. */
export function exportJob(parts: {
  readonly base: ConsoleBase;
  readonly archives: ConsoleArchives;
  readonly openSource: LogsExportJobParts["openSource"];
  readonly admit: LogsExportJobParts["admit"];
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): ReturnType<typeof createExportJob> {
  const { base, archives, openSource, admit, version, environment } = parts;
  return createExportJob({
    openSource,
    admit,
    openStore: (place) => openPlaceStore(place, base, environment),
    writer: archives.tools.writer,
    chooseLabelColumns,
    writeManifest,
    clock: base.clock,
    workDirectory: base.profile.file("export-work"),
    program: `kubemate ${version}`,
    announcer: base.announcements,
  });
}

/** What a manifest and a capsule call the place where lines came from: the site's name, or the archive's title. */
export async function targetTitle(target: LogTarget, sites: SitesService, archives: ConsoleArchives): Promise<string> {
  if (target.kind === "archive") return archives.service.describe(target.archive).title;
  const { sites: known } = await sites.list();
  return known.find(({ id }) => id === target.site)?.name ?? target.site;
}
