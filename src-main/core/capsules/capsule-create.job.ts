import { basename } from "node:path";
import { z } from "zod";
import { capsuleQuerySchema, type Capsule } from "../../../src-shared/api/capsules.api.ts";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { sourceTenants, type LogTarget } from "../../../src-shared/api/log-target.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { completenessSchema } from "../../../src-shared/model/completeness.ts";
import { nanoTextSchema } from "../../../src-shared/model/nano-time.ts";
import { REDACTION_PATTERNS } from "../../../src-shared/model/redaction-pattern.ts";
import type { ArchiveManifest } from "../../../src-shared/model/archive-manifest.ts";
import type { ArchiveWriter } from "../archive/archive-writer.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";
import type { JobDefinition } from "../jobs/job-definition.ts";
import { ROLES } from "../../../src-shared/permissions/roles.ts";
import type { AdmitQuery } from "../logs/query-admission.ts";
import type { LogSource } from "../logs/log-source.ts";
import { createCapsule } from "./create-capsule.ts";

const inputSchema = z.object({
  title: z.string(),
  notes: z.string(),
  /** As in the door's table, with times as text: the input is kept as JSON. */
  queries: z.array(capsuleQuerySchema.omit({ range: true }).extend({ startNs: nanoTextSchema, endNs: nanoTextSchema })),
  redact: z.array(z.enum(REDACTION_PATTERNS)),
  /** Where the capsule will be, suffix and all. */
  file: z.string(),
  principal: z.string(),
  /** Jobs of before roles were kept count as an operator's. */
  role: z.enum(ROLES).default("operator"),
});
export type CapsuleInput = z.output<typeof inputSchema>;

const outputSchema = z.object({
  /** The capsule; opens as it is. */
  path: z.string(),
  rows: z.number(),
  sizeBytes: z.number(),
  redacted: z.record(z.string(), z.number()),
  completeness: completenessSchema,
});
export type CapsuleOutput = z.output<typeof outputSchema>;

/** What a capsule is made with; sites, audit log and sources are other domains'. */
export interface CapsuleParts {
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  readonly admit: AdmitQuery;
  readonly writer: ArchiveWriter;
  readonly chooseLabelColumns: (streams: readonly LabelSet[]) => LabelSet;
  readonly writeManifest: (directory: string, manifest: ArchiveManifest) => Promise<void>;
  /** Title of a target's site or archive. */
  readonly siteOf: (target: LogTarget) => Promise<string>;
  /** What is known of the sites now; what cannot be found out is left out. */
  readonly facts: (targets: readonly LogTarget[], signal: AbortSignal) => Promise<Capsule["facts"]>;
  readonly auditOf: (targets: readonly LogTarget[]) => readonly AuditEntry[];
  /** Work folders are made in it. */
  readonly workDirectory: string;
  /** `kubemate 0.1.0` */
  readonly program: string;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Collects queries with their answers into one checksummed file. Interrupted, it begins again. */
export function createCapsuleJob(parts: CapsuleParts): JobDefinition<CapsuleInput, object, CapsuleOutput> {
  return {
    kind: "capsule-create",
    input: inputSchema,
    checkpoint: z.object({}),
    output: outputSchema,
    canPause: false,
    tenants: ({ queries }) => sourceTenants(queries.map(({ target }) => target)),
    titleParams: ({ title }) => ({ title }),
    run: async ({ input, signal, report }) => {
      const output = await createCapsule(input, parts, report, signal);
      const params = { path: output.path, rows: output.rows };
      parts.announcer.notice({ key: "capsules.created", severity: "info", params });
      return output;
    },
  };
}

/** The name of a capsule's file, with its suffix once. */
export function capsuleFileName(file: string, suffix: string): string {
  return basename(file).endsWith(suffix) ? file : `${file}${suffix}`;
}
