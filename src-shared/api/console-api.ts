import { archivesApi } from "./archives.api.ts";
import { auditApi } from "./audit.api.ts";
import { capsulesApi } from "./capsules.api.ts";
import { cardinalityApi } from "./cardinality.api.ts";
import { exportsApi } from "./exports.api.ts";
import { healthApi } from "./health.api.ts";
import { jobsApi } from "./jobs.api.ts";
import { labApi } from "./lab.api.ts";
import { logsApi } from "./logs.api.ts";
import { queriesApi } from "./queries.api.ts";
import { recoveryApi } from "./recovery.api.ts";
import { secretsApi } from "./secrets.api.ts";
import { sessionApi } from "./session.api.ts";
import { settingsApi } from "./settings.api.ts";
import { sitesApi } from "./sites.api.ts";
import { storageApi } from "./storage.api.ts";
import { supportApi } from "./support.api.ts";
import { tenantsApi } from "./tenants.api.ts";
import { usageApi } from "./usage.api.ts";

/** The whole door, domain by domain. */
export const consoleApi = {
  session: sessionApi,
  sites: sitesApi,
  logs: logsApi,
  archives: archivesApi,
  exports: exportsApi,
  capsules: capsulesApi,
  health: healthApi,
  tenants: tenantsApi,
  usage: usageApi,
  cardinality: cardinalityApi,
  storage: storageApi,
  recovery: recoveryApi,
  queries: queriesApi,
  jobs: jobsApi,
  audit: auditApi,
  settings: settingsApi,
  secrets: secretsApi,
  support: supportApi,
  lab: labApi,
};

export type ConsoleApi = typeof consoleApi;
