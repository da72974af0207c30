import { z } from "zod";
import { jobIdSchema, siteIdSchema } from "../model/ids.ts";
import { bucketStateSchema } from "../model/storage/bucket-state.ts";
import { objectInspectionSchema } from "../model/storage/inspection.ts";
import {
  bucketOverviewSchema,
  findingFilterSchema,
  keptFindingSchema,
  scanRequestSchema,
  scanSummarySchema,
} from "../model/storage/scan.ts";
import { storeCheckSchema, storeConfigSchema, storeIdSchema, storeSchema } from "../model/storage/store.ts";
import { STORAGE_FINDING_KINDS } from "../model/storage-finding.ts";
import { command, everyTenant, query } from "./procedure.ts";

const byStore = z.object({ store: storeIdSchema });

/** Buckets: which there are, whether what is in them is whole, and how they are. All tenants' data lies in one. */
export const storageApi = {
  /** Stores that were entered, and what the Loki of `site` keeps its data in; a site's are found anew at each call. */
  stores: query({
    input: z.object({ site: siteIdSchema.nullable() }),
    output: z.object({
      stores: z.array(storeSchema),
      /** Why nothing was found of the site: `storage.discovery.<reason>` with `params`. */
      problem: z
        .object({ reason: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
        .nullable(),
    }),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  saveStore: command({
    input: z.object({ store: storeIdSchema.exactOptional(), config: storeConfigSchema }),
    output: storeSchema,
    permission: "sites.change",
    audit: "change",
    auditSubject: ({ store, config }) => ({ store: store ?? null, name: config.name, kind: config.place.kind }),
    tenants: everyTenant,
  }),
  removeStore: command({
    input: byStore,
    output: z.object({ removed: z.boolean() }),
    permission: "sites.change",
    audit: "change",
    auditSubject: ({ store }) => ({ store }),
    tenants: everyTenant,
  }),
  /** Tries what the console needs of it; with `write`, also writes and deletes an object of its own. */
  checkStore: command({
    input: z.object({ config: storeConfigSchema, write: z.boolean() }),
    output: z.array(storeCheckSchema),
    permission: "storage.scan",
    audit: "change",
    auditSubject: ({ config, write }) => ({ name: config.name, kind: config.place.kind, write }),
    tenants: everyTenant,
  }),
  overview: query({
    input: byStore,
    output: bucketOverviewSchema,
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  bucketState: query({
    input: byStore,
    output: bucketStateSchema,
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** Begins a job of kind `storage-scan`. */
  scan: command({
    input: scanRequestSchema,
    output: z.object({ job: jobIdSchema }),
    permission: "storage.scan",
    audit: "access",
    auditSubject: ({ store, mode, scope, incremental }) => ({
      store,
      mode,
      tenants: scope.tenants?.join(",").slice(0, 500) ?? "*",
      samplePercent: scope.samplePercent,
      incremental,
    }),
    tenants: everyTenant,
  }),
  /** Newest first. */
  scans: query({
    input: z.object({ store: storeIdSchema, limit: z.number().int().min(1).max(200) }),
    output: z.array(scanSummarySchema),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** Worst first. `total` counts all that fit the filter. */
  findings: query({
    input: z.object({
      scan: jobIdSchema,
      filter: findingFilterSchema,
      offset: z.number().int().min(0),
      limit: z.number().int().min(1).max(1_000),
    }),
    output: z.object({
      findings: z.array(keptFindingSchema),
      total: z.number(),
      kinds: z.partialRecord(z.enum(STORAGE_FINDING_KINDS), z.number()),
    }),
    permission: "storage.read",
    audit: "none",
    tenants: everyTenant,
  }),
  /** Writes them into the profile's `exports` folder. */
  exportFindings: command({
    input: z.object({ scan: jobIdSchema, filter: findingFilterSchema, format: z.enum(["json", "ndjson", "csv"]) }),
    output: z.object({ file: z.string(), findings: z.number() }),
    permission: "storage.scan",
    audit: "access",
    auditSubject: ({ scan, format }) => ({ scan, format }),
    tenants: everyTenant,
  }),
  /** What is in one chunk or index file: labels, times, first lines, and the bytes around what is wrong. */
  inspect: query({
    input: z.object({ store: storeIdSchema, key: z.string().min(1).max(1_024), version: z.string().exactOptional() }),
    output: objectInspectionSchema,
    permission: "storage.scan",
    audit: "access",
    auditSubject: ({ store, key }) => ({ store, key }),
    tenants: everyTenant,
  }),
  /** An Indexed Job that scans in shards inside of the cluster, as YAML. Nothing is sent. */
  jobManifest: query({
    input: z.object({
      store: storeIdSchema,
      request: scanRequestSchema.pick({ mode: true, scope: true }),
      shards: z.number().int().min(1).max(1_000),
      parallelism: z.number().int().min(1).max(1_000),
      namespace: z.string().min(1).max(63),
      image: z.string().min(1).max(500),
    }),
    output: z.object({ yaml: z.string() }),
    permission: "storage.scan",
    audit: "access",
    auditSubject: ({ store, shards }) => ({ store, shards }),
    tenants: everyTenant,
  }),
};
