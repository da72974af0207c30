import { z } from "zod";
import { secretRefSchema } from "../model/ids.ts";
import { command, everyTenant, query } from "./procedure.ts";

/** What the page may know of a secret: that it is there. The value goes in and never comes out. */
export const secretInfoSchema = z.object({
  ref: secretRefSchema,
  /** First eight hex digits of an HMAC under the profile's own key: tells two values apart, reveals neither. */
  fingerprint: z.string(),
  changedAtMs: z.number(),
});
export type SecretInfo = z.infer<typeof secretInfoSchema>;

export const secretsApi = {
  list: query({
    input: z.void(),
    output: z.object({
      secrets: z.array(secretInfoSchema),
      /** Where values are kept; `memory` forgets them at exit, and says why. */
      store: z.enum(["keychain", "sealed-file", "memory"]),
      reason: z.string().optional(),
    }),
    permission: "settings.read",
    audit: "none",
  }),
  put: command({
    input: z.object({ ref: secretRefSchema, value: z.string().min(1).max(65_536) }),
    output: secretInfoSchema,
    permission: "secrets.change",
    audit: "security",
    auditSubject: ({ ref }) => ({ ref }),
    tenants: everyTenant,
  }),
  remove: command({
    input: z.object({ ref: secretRefSchema }),
    output: z.object({ removed: z.boolean() }),
    permission: "secrets.change",
    audit: "security",
    auditSubject: ({ ref }) => ({ ref }),
    tenants: everyTenant,
  }),
};
