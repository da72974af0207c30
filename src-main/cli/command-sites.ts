import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { SitesService } from "../core/clusters/sites.service.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { openConsoleSites, sourceFactory } from "../core/console-sites.ts";
import { LabService } from "../core/lab/lab.service.ts";
import type { CommandContext } from "./command-context.ts";
import { KUBEMATE_VERSION } from "./version.ts";

/** The sites of the profile for one command. A lab that it wants is its own: a window's lab belongs to that window. */
export async function openCommandSites(
  base: ConsoleBase,
  { terminal }: CommandContext,
  stack: AsyncDisposableStack,
): Promise<SitesService> {
  const { locateWorker, environment } = terminal;
  const folder = mkdtempSync(join(tmpdir(), "kubemate-lab-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const lab = stack.use(
    new LabService({
      locate: locateWorker,
      logger: base.logger.child("lab"),
      kubeconfigFile: join(folder, "kubeconfig"),
    }),
  );
  const parts = { version: KUBEMATE_VERSION, environment, locateWorker };
  return stack.use(await openConsoleSites(parts, base, lab, sourceFactory(parts, base, stack)));
}

/** The site of an id, or of a name that only one has. Rejects with `sites.unknown`. */
export async function siteByName(sites: SitesService, wanted: string): Promise<SiteId> {
  const { sites: known } = await sites.list();
  const matches = known.filter(({ id, name }) => id === wanted || name === wanted);
  const exact = matches.find(({ id }) => id === wanted) ?? (matches.length === 1 ? matches[0] : undefined);
  if (exact === undefined) throw new AppError("sites.unknown", { site: wanted });
  return exact.id;
}
