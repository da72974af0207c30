import { z } from "zod";
import { command, everyTenant, query } from "./procedure.ts";

export const SETTING_SOURCES = ["flag", "environment", "managed", "user", "default"] as const;

export const settingSchema = z.object({
  key: z.string(),
  group: z.string(),
  kind: z.enum(["boolean", "number", "string", "choice", "duration", "bytes"]),
  choices: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  defaultValue: z.union([z.string(), z.number(), z.boolean()]),
  source: z.enum(SETTING_SOURCES),
  /** Set by flag, environment or administrator: shown, not editable. */
  locked: z.boolean(),
  restart: z.boolean(),
});
export type Setting = z.infer<typeof settingSchema>;

export const settingsApi = {
  list: query({
    input: z.void(),
    output: z.object({ settings: z.array(settingSchema), file: z.string() }),
    permission: "settings.read",
    audit: "none",
  }),
  set: command({
    input: z.object({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) }),
    output: settingSchema,
    permission: "settings.change",
    audit: "change",
    auditSubject: ({ key, value }) => ({ key, value }),
    tenants: everyTenant,
  }),
  reset: command({
    input: z.object({ key: z.string() }),
    output: settingSchema,
    permission: "settings.change",
    audit: "change",
    auditSubject: ({ key }) => ({ key }),
    tenants: everyTenant,
  }),
};
