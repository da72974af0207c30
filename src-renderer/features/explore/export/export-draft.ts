import type { z } from "zod";
import { exportRequestSchema } from "../../../../src-shared/api/exports.api.ts";
import type { SecretRef } from "../../../../src-shared/model/ids.ts";
import { msFromNano } from "../../../../src-shared/model/nano-time.ts";
import type { RedactionPattern } from "../../../../src-shared/model/redaction-pattern.ts";
import {
  credentialsProblems,
  NO_CREDENTIALS,
  type CredentialsDraft,
  type CredentialsField,
  type CredentialsProblem,
} from "../../../components/s3-credentials.ts";
import type { RunPlan } from "../session/run-plan.ts";

export const MAX_PARALLEL = 16;

/** What stands in the form of a whole-range export. Text fields hold what was typed, valid or not. */
export interface ExportDraft extends CredentialsDraft {
  readonly to: "folder" | "s3";
  readonly folder: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string;
  readonly region: string;
  readonly caFile: string;
  /** `null` while the field holds no number. */
  readonly parallel: number | null;
  readonly limited: boolean;
  readonly linesPerSecond: number | null;
  readonly redact: readonly RedactionPattern[];
}

export type ExportField =
  | "folder"
  | "bucket"
  | "prefix"
  | "endpoint"
  | "region"
  | CredentialsField
  | "parallel"
  | "linesPerSecond";
export type ExportProblem = "url" | "bucket" | "tooLong" | "number" | "parallel" | CredentialsProblem;
export type ExportProblems = Readonly<Partial<Record<ExportField, ExportProblem>>>;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Lines a second that a busy tenant hardly notices; a start to change from. */
const GENTLE_LINES_PER_SECOND = 20_000;

/** A name for what is exported: whose it is and when it begins. Only characters that every file system takes. */
export function suggestedName({ target, range }: Pick<RunPlan, "target" | "range">): string {
  const whose = target.kind === "pods" ? target.namespace : target.tenant;
  const stamp = new Date(msFromNano(BigInt(range.startNs))).toISOString().slice(0, 16).replaceAll(/[-:]/g, "");
  const safe = whose.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60);
  return `${safe === "" ? "logs" : safe}-${stamp.replace("T", "-")}`;
}

export function emptyDraft(plan: RunPlan, parallel: number): ExportDraft {
  return {
    to: "folder",
    folder: suggestedName(plan),
    bucket: "",
    prefix: `${suggestedName(plan)}/`,
    endpoint: "",
    region: "",
    caFile: "",
    ...NO_CREDENTIALS,
    parallel: Math.min(MAX_PARALLEL, Math.max(1, parallel)),
    limited: false,
    linesPerSecond: GENTLE_LINES_PER_SECOND,
    redact: [],
  };
}

/** What keeps the draft from being a request. `mayKeepSecrets`: the person may store new credentials. */
export function exportProblems(draft: ExportDraft, mayKeepSecrets: boolean): ExportProblems {
  const problems: Partial<Record<ExportField, ExportProblem>> = {};
  if (draft.parallel === null || draft.parallel < 1 || draft.parallel > MAX_PARALLEL) problems.parallel = "parallel";
  if (draft.limited && (draft.linesPerSecond === null || draft.linesPerSecond < 1)) problems.linesPerSecond = "number";
  if (draft.to === "folder") {
    if (draft.folder.trim() === "") problems.folder = "required";
    return problems;
  }
  if (draft.bucket.trim() === "") problems.bucket = "required";
  else if (!BUCKET.test(draft.bucket.trim())) problems.bucket = "bucket";
  if (draft.prefix.trim().length > 512) problems.prefix = "tooLong";
  if (draft.region.trim().length > 64) problems.region = "tooLong";
  const endpoint = draft.endpoint.trim();
  if (endpoint !== "" && !/^https?:\/\/[^\s/]+/.test(endpoint)) problems.endpoint = "url";
  return { ...problems, ...credentialsProblems(draft, mayKeepSecrets) };
}

/** The request as the door takes it. Call it without problems; `credentials` is the secret's name, if there is one. */
export function requestOf(
  plan: RunPlan,
  draft: ExportDraft,
  credentials: SecretRef | null,
): z.input<typeof exportRequestSchema> {
  const text = (name: "endpoint" | "region" | "caFile"): Partial<Record<typeof name, string>> => {
    const value = draft[name].trim();
    return value === "" ? {} : { [name]: value };
  };
  return {
    target: plan.target,
    query: plan.query,
    range: plan.range,
    destination:
      draft.to === "folder"
        ? { kind: "folder", path: draft.folder.trim() }
        : {
            kind: "s3",
            place: {
              ...text("endpoint"),
              ...text("region"),
              ...text("caFile"),
              bucket: draft.bucket.trim(),
              prefix: draft.prefix.trim(),
              ...(credentials === null ? {} : { credentials }),
            },
          },
    redact: [...draft.redact],
    linesPerSecond: draft.limited ? draft.linesPerSecond : null,
    parallel: draft.parallel ?? 1,
  };
}
