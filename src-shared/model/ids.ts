import { z } from "zod";
import type { Brand } from "./brand.ts";

/** One environment: a kubeconfig context, a Loki URL entered by hand, or the lab. */
export type SiteId = Brand<string, "SiteId">;
/** A buffer of rows in the main process, named by an unguessable id. */
export type ResultSetId = Brand<string, "ResultSetId">;
/** A durable job. */
export type JobId = Brand<string, "JobId">;
/** Logs on disk that were opened: named after where they are, so that a link to them outlives the program. */
export type ArchiveId = Brand<string, "ArchiveId">;
/** A plan that was shown and may be applied until it expires. */
export type PlanId = Brand<string, "PlanId">;
/** A secret's name; the value never leaves the main process. */
export type SecretRef = Brand<string, "SecretRef">;

const ID = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}$/;

export const siteIdSchema = z
  .string()
  .regex(ID)
  .transform((value) => value as SiteId);
export const resultSetIdSchema = z
  .string()
  .regex(ID)
  .transform((value) => value as ResultSetId);
export const jobIdSchema = z
  .string()
  .regex(ID)
  .transform((value) => value as JobId);
export const archiveIdSchema = z
  .string()
  .regex(ID)
  .transform((value) => value as ArchiveId);
export const secretRefSchema = z
  .string()
  .regex(ID)
  .transform((value) => value as SecretRef);
export const planIdSchema = z
  .string()
  .regex(ID)
  .transform((value) => value as PlanId);
