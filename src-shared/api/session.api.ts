import { z } from "zod";
import { PERMISSIONS } from "../permissions/permissions.ts";
import { ROLES } from "../permissions/roles.ts";
import { command, everyTenant, query, stream } from "./procedure.ts";

/** Raised when a page of one build cannot talk to a core of another. */
export const PROTOCOL_VERSION = 1;

export const helloSchema = z.object({
  protocol: z.number(),
  version: z.string(),
  principal: z.string(),
  role: z.enum(ROLES),
  readOnly: z.boolean(),
  permissions: z.array(z.enum(PERMISSIONS)),
  shell: z.enum(["desktop", "browser"]),
  platform: z.string(),
  profileDirectory: z.string(),
  /** Who signed in, for people to read; left out on the desktop and behind a start link. */
  signedIn: z
    .object({
      name: z.string(),
      /** How many tenants may be seen; `null` is every one. */
      tenants: z.number().nullable(),
      expiresAtMs: z.number(),
    })
    .exactOptional(),
});
export type Hello = z.infer<typeof helloSchema>;

/** What changed in the core; the page asks again for what it shows. Coalesced, at most four a second a topic. */
export const TOPICS = [
  "archives",
  "health",
  "tenants",
  "usage",
  "cardinality",
  "storage",
  "recovery",
  "sites",
  "jobs",
  "settings",
  "secrets",
  "audit",
  "queries",
  "session",
  "lab",
] as const;
export type Topic = (typeof TOPICS)[number];

/** A notice for the person, about work nobody waits for. Text is `notices.<key>` with parameters. */
export const noticeSchema = z.object({
  key: z.string(),
  severity: z.enum(["info", "warning", "error"]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Notice = z.infer<typeof noticeSchema>;

export const sessionApi = {
  hello: query({
    input: z.object({ protocol: z.number() }),
    output: helloSchema,
    permission: "public",
    audit: "none",
  }),
  events: stream({
    input: z.void(),
    output: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("changed"), topics: z.array(z.enum(TOPICS)) }),
      z.object({ kind: z.literal("notice"), notice: noticeSchema }),
      z.object({ kind: z.literal("open-link"), url: z.string() }),
    ]),
    permission: "public",
    audit: "none",
  }),
  setReadOnly: command({
    input: z.object({ readOnly: z.boolean() }),
    output: z.object({ readOnly: z.boolean() }),
    permission: "settings.read",
    audit: "security",
    auditSubject: ({ readOnly }) => ({ readOnly }),
    tenants: everyTenant,
  }),
};
