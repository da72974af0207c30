import type { LabStatus } from "../../../src-shared/api/lab.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { siteIdSchema, type SiteId } from "../../../src-shared/model/ids.ts";
import { contextsOf } from "./kubeconfig-contexts.ts";
import { readKubeconfigFile } from "./kubeconfig-files.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import { parseKubeconfig } from "./kubeconfig-parse.ts";

export const LAB_SITE: SiteId = siteIdSchema.parse("lab");

/** How the sites see the lab; its service is another domain's. */
export interface LabDirectory {
  status(): Promise<LabStatus>;
}

export interface RunningLab {
  readonly lokiUrl: string;
  /** Its own Kubernetes API, `null` when it has none. */
  readonly context: UsableContext | null;
  readonly tenants: readonly string[];
}

/** Rejects with `lab.unavailable` when the lab does not run. */
export async function runningLab(lab: LabDirectory): Promise<RunningLab> {
  const status = await lab.status();
  if (!status.running || status.lokiUrl === undefined) throw new AppError("lab.unavailable", { problem: "stopped" });
  return { lokiUrl: status.lokiUrl, context: await labContext(status), tenants: status.tenants };
}

/** The lab tells its kubeconfig as text or as the file that it wrote. */
async function labContext({ kubeconfig }: LabStatus): Promise<UsableContext | null> {
  if (kubeconfig === undefined) return null;
  const isText = kubeconfig.includes("\n");
  const contexts = contextsOf([isText ? parseKubeconfig("lab", kubeconfig) : await readKubeconfigFile(kubeconfig)]);
  const context = contexts.find(({ current }) => current) ?? contexts[0];
  return context === undefined || context.problem !== null ? null : { ...context, site: LAB_SITE };
}
