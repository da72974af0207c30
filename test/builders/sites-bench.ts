import { delimiter, join } from "node:path";
import { SitesService } from "../../src-main/core/clusters/sites.service.ts";
import { systemClock, type Clock } from "../../src-main/core/common/clock.ts";
import { createLokiLogSource } from "../../src-main/core/logs/adapters/loki/loki-log-source.ts";
import { createInlinePageParser } from "../../src-main/core/logs/adapters/loki/page-parser.ts";
import { createPodLogSource } from "../../src-main/core/logs/adapters/pods/pod-log-source.ts";
import type { SettingValues } from "../../src-main/core/settings/setting-values.ts";
import { SETTING_DEFINITIONS } from "../../src-main/core/settings/setting-definitions.ts";
import { kubeconfigPaths } from "../../src-main/core/clusters/kubeconfig-files.ts";
import type { DoctorStep } from "../../src-shared/api/sites.api.ts";
import type { LabStatus } from "../../src-shared/api/lab.api.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import { TemporaryFolder } from "./kubeconfig-builder.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";
import { RecordingLogger } from "./recording-logger.ts";

const STOPPED: LabStatus = { running: false, tenants: [], faults: [] };

/** The sites of a profile of the test's own, with real sources, and a lab that the test may set. */
export class SitesBench implements AsyncDisposable {
  readonly folder = new TemporaryFolder();
  readonly logger = new RecordingLogger();
  readonly announcer = new RecordingAnnouncer();
  readonly secrets = new Map<string, string>();
  readonly clock: Clock;
  lab: LabStatus = STOPPED;
  #sites: SitesService | null = null;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  /** Opens the service over kubeconfigs given by file name, in their order. A second call opens it anew on the same profile. */
  async open(kubeconfigs: Readonly<Record<string, string>> = {}): Promise<SitesService> {
    await this.#sites?.[Symbol.asyncDispose]();
    const files = Object.entries(kubeconfigs).map(([name, text]) => this.folder.write(name, text));
    const environment = { KUBECONFIG: files.join(delimiter), PATH: `${this.folder.path}:/usr/bin:/bin` };
    this.#sites = await SitesService.open({
      profile: { file: (name) => join(this.folder.path, name) },
      kubeconfigs: kubeconfigPaths(environment, this.folder.path),
      environment,
      settings: defaultSettings({ "sites.pluginTimeoutSeconds": 1, "sites.connectTimeoutSeconds": 2 }),
      secrets: {
        kind: "memory",
        reason: null,
        list: () => Promise.resolve([]),
        put: () => Promise.reject(new Error("not here")),
        get: (ref) => Promise.resolve(this.secrets.get(ref) ?? null),
        remove: () => Promise.resolve(false),
      },
      announcer: this.announcer,
      logger: this.logger,
      clock: this.clock,
      lab: { status: () => Promise.resolve(this.lab) },
      sources: {
        loki: ({ transport, site, tenant }) =>
          createLokiLogSource({
            transport,
            tenant,
            site,
            title: tenant,
            clock: this.clock,
            logger: this.logger,
            parser: createInlinePageParser(),
            cache: null,
            version: "test",
            requestTimeoutMs: 10_000,
          }),
        pods: (options) => createPodLogSource({ ...options, clock: this.clock, logger: this.logger }),
      },
    });
    return this.#sites;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sites?.[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

/** The outcome of every step of an examination, by name; each must first have been told as running. */
export async function diagnose(
  sites: SitesService,
  site: SiteId,
  tenant: string | null = null,
): Promise<Record<string, DoctorStep>> {
  const outcomes: Record<string, DoctorStep> = {};
  for await (const step of sites.doctor(site, tenant as TenantId | null, new AbortController().signal)) {
    outcomes[step.step] = step;
  }
  return outcomes;
}

function defaultSettings(changed: Partial<Record<keyof typeof SETTING_DEFINITIONS, number>>): SettingValues {
  return {
    // Every default has the type that its definition declares.
    get: (key) => (changed[key] ?? SETTING_DEFINITIONS[key].default) as never,
    onChange: () => () => undefined,
  };
}
