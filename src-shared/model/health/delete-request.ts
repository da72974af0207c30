import { z } from "zod";

/** A delete request as Loki's compactor lists it (`GET /loki/api/v1/delete`). */
export const deleteRequestSchema = z.object({
  request: z.string(),
  tenant: z.string(),
  query: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  createdAtMs: z.number(),
  /** `received`, `42% Complete`, `processed`: Loki's words. */
  status: z.string(),
  /** Whether it can be cancelled still, by its status alone. */
  cancellable: z.boolean(),
});
export type DeleteRequest = z.output<typeof deleteRequestSchema>;
