import { z } from "zod";
import { wireErrorSchema } from "../errors/wire-error.ts";
import { secretRefSchema, siteIdSchema } from "../model/ids.ts";
import { tenantIdSchema } from "../model/tenant-id.ts";
import { command, everyTenant, query, stream } from "./procedure.ts";

/** Which of Loki's components a request is for; each role falls back to the next best component that was found. */
export const LOKI_ROLES = ["query", "tail", "push", "admin"] as const;
export type LokiRole = (typeof LOKI_ROLES)[number];

export const LOKI_COMPONENTS = [
  "single-binary",
  "read",
  "write",
  "backend",
  "distributor",
  "ingester",
  "querier",
  "query-frontend",
  "query-scheduler",
  "index-gateway",
  "compactor",
  "ruler",
  "pattern-ingester",
  "bloom-gateway",
  "bloom-planner",
  "bloom-builder",
  "overrides-exporter",
  "table-manager",
  "gateway",
  "canary",
  "chunks-cache",
  "results-cache",
] as const;
export type LokiComponentName = (typeof LOKI_COMPONENTS)[number];

export const authSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("basic"), username: z.string(), password: secretRefSchema }),
  z.object({ kind: z.literal("bearer"), token: secretRefSchema }),
]);

/** TLS of a direct URL. Files are PEM; the key is read when a connection is made and is never stored by the console. */
export const directTlsSchema = z.object({
  caFile: z.string().exactOptional(),
  certFile: z.string().exactOptional(),
  keyFile: z.string().exactOptional(),
  serverName: z.string().exactOptional(),
  insecureSkipVerify: z.boolean().exactOptional(),
});

/** What a person set by hand for a site found in a kubeconfig; each field overrides what discovery finds. */
export const kubernetesOverridesSchema = z.object({
  name: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  access: z.enum(["proxy", "port-forward"]).exactOptional(),
  /** `namespace/service:port` or `namespace/pod/name:port`, by role. */
  routes: z.partialRecord(z.enum(LOKI_ROLES), z.string()).exactOptional(),
  scheme: z.enum(["http", "https"]).exactOptional(),
  pathPrefix: z.string().exactOptional(),
});

export const commonSiteFields = {
  tenants: z.array(z.string()).exactOptional(),
  /** `https://tempo/trace/{value}`; fields whose name matches become links. */
  traceLinks: z.array(z.object({ field: z.string(), url: z.string() })).exactOptional(),
  /** Where its metrics are read from instead of its pods: a URL, or `namespace/service:port` in its cluster. */
  prometheus: z.string().max(2_000).exactOptional(),
};

export const siteConfigSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("lab"), ...commonSiteFields }),
  z.object({
    kind: z.literal("kubernetes"),
    /** The kubeconfig file that defines the context: two files may both define `prod`. */
    file: z.string(),
    context: z.string(),
    overrides: kubernetesOverridesSchema,
    ...commonSiteFields,
  }),
  z.object({
    kind: z.literal("direct"),
    name: z.string(),
    url: z.url({ protocol: /^https?$/ }),
    /** Tail has its own address where the query frontend does not proxy it. */
    tailUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
    auth: authSchema,
    tls: directTlsSchema.exactOptional(),
    headers: z.record(z.string(), z.string()).exactOptional(),
    ...commonSiteFields,
  }),
]);
export type SiteConfig = z.output<typeof siteConfigSchema>;

export const CONNECTION_STATES = ["idle", "connecting", "ready", "degraded", "failed"] as const;

export const siteSchema = z.object({
  id: siteIdSchema,
  name: z.string(),
  kind: z.enum(["lab", "kubernetes", "direct"]),
  /** Where it was found: a file and context, a URL, or the lab. */
  origin: z.string(),
  state: z.enum(CONNECTION_STATES),
  error: wireErrorSchema.optional(),
  config: siteConfigSchema,
  /** Whether this kubeconfig context is the `current-context` of its file. */
  current: z.boolean(),
});
export type Site = z.infer<typeof siteSchema>;

export const componentSchema = z.object({
  name: z.enum(LOKI_COMPONENTS),
  namespace: z.string(),
  /** How it was recognised: chart labels, ksonnet's `name` label, `-target=` argument, or by hand. */
  by: z.enum(["chart", "ksonnet", "target", "hand"]),
  service: z.string().optional(),
  port: z.number().optional(),
  pods: z.array(
    z.object({
      name: z.string(),
      ready: z.boolean(),
      phase: z.string(),
      restarts: z.number(),
      containers: z.array(z.string()),
      node: z.string().optional(),
    }),
  ),
});
export type LokiComponent = z.infer<typeof componentSchema>;

export const DOCTOR_STEPS = [
  "kubeconfig",
  "plugin",
  "tls",
  "api-server",
  "rbac",
  "components",
  "route",
  "tenant",
  "query",
] as const;
export type DoctorStepName = (typeof DOCTOR_STEPS)[number];

/** One step of the connection doctor. `advice` is `doctor.advice.<key>` with `params`; `detail` is evidence, shown escaped. */
export const doctorStepSchema = z.object({
  step: z.enum(DOCTOR_STEPS),
  state: z.enum(["running", "passed", "warned", "failed", "skipped"]),
  tookMs: z.number().optional(),
  detail: z.string().optional(),
  error: wireErrorSchema.optional(),
  advice: z.string().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type DoctorStep = z.infer<typeof doctorStepSchema>;

/** A program a kubeconfig wants to run, shown before it may. */
export const pluginSchema = z.object({
  hash: z.string(),
  command: z.string(),
  args: z.array(z.string()),
  env: z.array(z.string()),
  contexts: z.array(z.string()),
  confirmed: z.boolean(),
});
export type CredentialPlugin = z.infer<typeof pluginSchema>;

const bySite = z.object({ site: siteIdSchema });

export const sitesApi = {
  list: query({
    input: z.void(),
    output: z.object({
      sites: z.array(siteSchema),
      lastUsed: siteIdSchema.optional(),
      /** Kubeconfig files that could not be read; the others still work. */
      problems: z.array(wireErrorSchema),
    }),
    permission: "sites.read",
    audit: "none",
  }),
  save: command({
    input: z.object({ site: siteIdSchema.exactOptional(), config: siteConfigSchema }),
    output: siteSchema,
    permission: "sites.change",
    audit: "change",
    auditSubject: ({ site, config }) => ({ site: site ?? null, kind: config.kind }),
    /** Sites are everybody's: who changes where a tenant's queries go, or with whose secret, must be trusted with all. */
    tenants: everyTenant,
  }),
  remove: command({
    input: bySite,
    output: z.object({ removed: z.boolean() }),
    permission: "sites.change",
    audit: "change",
    auditSubject: ({ site }) => ({ site }),
    tenants: everyTenant,
  }),
  /** Remembers the site as the one to open next time and begins to connect. */
  use: command({
    input: bySite,
    output: siteSchema,
    permission: "sites.read",
    audit: "access",
    auditSubject: ({ site }) => ({ site }),
  }),
  tenants: query({
    input: bySite,
    output: z.object({
      tenants: z.array(z.object({ tenant: z.string(), from: z.enum(["lab", "configured", "recent", "overrides"]) })),
      /** False where Loki runs with `auth_enabled: false`: there is one tenant, `fake`. */
      multiTenant: z.boolean(),
    }),
    permission: "sites.read",
    audit: "none",
  }),
  components: query({
    input: bySite,
    output: z.object({ components: z.array(componentSchema), namespace: z.string().optional() }),
    permission: "sites.read",
    audit: "none",
  }),
  doctor: stream({
    input: z.object({ site: siteIdSchema, tenant: tenantIdSchema.exactOptional() }),
    output: doctorStepSchema,
    permission: "sites.read",
    audit: "none",
    tenants: ({ tenant }) => (tenant === undefined ? [] : [tenant]),
  }),
  plugins: query({
    input: z.void(),
    output: z.object({ plugins: z.array(pluginSchema) }),
    permission: "sites.read",
    audit: "none",
    tenants: everyTenant,
  }),
  confirmPlugin: command({
    input: z.object({ hash: z.string(), confirmed: z.boolean() }),
    output: z.object({ confirmed: z.boolean() }),
    permission: "sites.change",
    audit: "security",
    auditSubject: ({ hash, confirmed }) => ({ hash, confirmed }),
    tenants: everyTenant,
  }),
};
