import { z } from "zod";
import { command, query } from "./procedure.ts";

/** A query a person ran or kept; `name` only when it was kept. Times are milliseconds since the epoch. */
export const storedQuerySchema = z.object({
  id: z.string(),
  query: z.string(),
  name: z.string().optional(),
  site: z.string(),
  tenant: z.string(),
  usedAtMs: z.number(),
  uses: z.number(),
});
export type StoredQuery = z.infer<typeof storedQuerySchema>;

export const queriesApi = {
  list: query({
    input: z.object({
      kind: z.enum(["recent", "saved"]),
      contains: z.string().max(200).exactOptional(),
      limit: z.number().int().min(1).max(500),
    }),
    output: z.array(storedQuerySchema),
    permission: "logs.read",
    audit: "none",
  }),
  save: command({
    input: z.object({
      query: z.string().min(1).max(131_072),
      name: z.string().min(1).max(200),
      site: z.string(),
      tenant: z.string(),
    }),
    output: storedQuerySchema,
    permission: "queries.change",
    audit: "change",
    auditSubject: ({ name }) => ({ name }),
  }),
  remove: command({
    input: z.object({ id: z.string() }),
    output: z.object({ removed: z.boolean() }),
    permission: "queries.change",
    audit: "change",
    auditSubject: ({ id }) => ({ id }),
  }),
};
