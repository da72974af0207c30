import { z } from "zod";

/** The condition that a readiness gate of an ingester's pod waits for. */
export const FLUSH_HEALTHY_CONDITION = "kubemate.dev/flush-healthy";

/** What is said with the manifests, `watchdog.statement.<key>`. The last ones only where they apply. */
export const WATCHDOG_STATEMENTS = [
  "takes-out",
  "rollouts-stop",
  "drains-stop",
  "ring-unchanged",
  "nothing-else",
  "dns-and-join",
  "when-it-acts",
  "one-at-a-time",
  "gate-needs-watchdog",
  "gate-restarts-pods",
  "gone-stays",
  "taken-over",
  "rights",
  "undone-by-chart",
  "image-missing",
  "gated-already",
  "updated-by-hand",
  "too-few-ingesters",
  "limits-go-back",
] as const;
export type WatchdogStatement = (typeof WATCHDOG_STATEMENTS)[number];

const nameSchema = z.string().regex(/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/);

/** A ConfigMap and the file in it. */
export const limitsConfigMapSchema = z
  .string()
  .regex(/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/[-._a-zA-Z0-9]{1,253}$/);

export const watchdogOptionsSchema = z.object({
  namespace: nameSchema.exactOptional(),
  /** Where the program's image is; there is no public one. */
  image: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\w./:@-]+$/)
    .exactOptional(),
  /** `name/key` of Loki's runtime configuration, of which values go back whose time is over; else none does. */
  limitsConfigMap: limitsConfigMapSchema.exactOptional(),
});
export type WatchdogOptions = z.output<typeof watchdogOptionsSchema>;

/** Files to review and apply by hand or by a pipeline; the console applies none of them. */
export const watchdogManifestsSchema = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      /** `manifest`: new objects. `patch`: a change of an object that is there, as a diff. */
      kind: z.enum(["manifest", "patch"]),
      text: z.string(),
      /** How it is applied, to the letter. */
      command: z.string(),
    }),
  ),
  /** What this stops and what it does not, `watchdog.statement.<key>`. */
  statements: z.array(z.string()),
});
export type WatchdogManifests = z.output<typeof watchdogManifestsSchema>;
