import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { siteIdSchema } from "../ids.ts";
import { workloadSchema } from "./operation.ts";
import { commonCauseSchema, DOUBTS, evidenceSchema, verdictSchema } from "./verdict.ts";

/** How asking one target for its metrics went in the last round. */
export const OUTCOMES = ["answered", "forbidden", "timed-out", "unreachable", "not-metrics", "too-large"] as const;

const judged = {
  verdict: verdictSchema,
  sinceMs: z.number(),
  evidence: z.array(evidenceSchema),
  doubts: z.array(z.enum(DOUBTS)),
};

/** One process and what is thought of it. What could not be learnt is `null`. */
export const instanceHealthSchema = z.object({
  instance: z.string(),
  component: z.string(),
  ...judged,
  zone: z.string().nullable(),
  node: z.string().nullable(),
  outcome: z.enum(OUTCOMES),
  error: wireErrorSchema.nullable(),
  /** When it last answered, by the console's clock. */
  answeredAtMs: z.number().nullable(),
  ready: z.boolean().nullable(),
  /** Restarts of its containers, by Kubernetes. */
  restarts: z.number().nullable(),
  startedAtMs: z.number().nullable(),
  version: z.string().nullable(),
  /** Its state in its ring: `ACTIVE`, `LEAVING`, … */
  ringState: z.string().nullable(),
});
export type InstanceHealth = z.output<typeof instanceHealthSchema>;

export const componentHealthSchema = z.object({
  component: z.string(),
  ...judged,
  causes: z.array(commonCauseSchema),
  instances: z.number(),
  answering: z.number(),
  ready: z.number(),
  /** Replicas that its workloads ask for; `null` where Kubernetes does not say. */
  wanted: z.number().nullable(),
  /** Its StatefulSets and Deployments; left out where Kubernetes does not say. */
  workloads: z.array(z.object({ workload: workloadSchema, wanted: z.number() })).exactOptional(),
  versions: z.array(z.string()),
  zones: z.array(z.string()),
});
export type ComponentHealth = z.output<typeof componentHealthSchema>;

/** A verdict that changed, or whose evidence did. */
export const healthChangeSchema = z.object({
  atMs: z.number(),
  scope: z.enum(["instance", "component"]),
  /** An instance, or a component's name. */
  name: z.string(),
  component: z.string(),
  verdict: verdictSchema,
  /** `null` for the first that was said. */
  before: verdictSchema.nullable(),
  evidence: z.array(evidenceSchema),
  causes: z.array(commonCauseSchema),
});
export type HealthChange = z.output<typeof healthChangeSchema>;

/** Where metrics come from. */
export const HEALTH_SOURCES = ["pods", "direct", "prometheus"] as const;

/** The board of one site, as of its last round. */
export const siteHealthSchema = z.object({
  site: siteIdSchema,
  /** `starting`: no round has ended yet. `failed`: there is nobody to ask, `error` says why. */
  state: z.enum(["starting", "watching", "failed"]),
  error: wireErrorSchema.nullable(),
  source: z.enum(HEALTH_SOURCES),
  /** The worst of the components. */
  verdict: verdictSchema,
  roundAtMs: z.number().nullable(),
  tookMs: z.number().nullable(),
  intervalMs: z.number(),
  /** The oldest round that is remembered. */
  historyFromMs: z.number().nullable(),
  ringFrom: z.string().nullable(),
  ringError: wireErrorSchema.nullable(),
  /** The pods could not be listed anew; those of the last list were asked. */
  listError: wireErrorSchema.nullable(),
  causes: z.array(commonCauseSchema),
  components: z.array(componentHealthSchema),
  instances: z.array(instanceHealthSchema),
  /** Newest first, at most fifty. */
  changes: z.array(healthChangeSchema),
});
export type SiteHealth = z.output<typeof siteHealthSchema>;
