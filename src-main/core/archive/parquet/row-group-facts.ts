import { z } from "zod";

/**
 * What a file of ours says of its row groups in its footer, under `kubemate.groups`: short keys, since there is one of these
 * every 65,536 rows.
 */
export const rowGroupFactsSchema = z.object({
  /** Numbers of its streams; `null` where they are too many to name. */
  s: z.array(z.number().int().nonnegative()).nullable(),
  /** Bytes of its lines, as they came. */
  b: z.number().int().nonnegative(),
  /** Rows with structured metadata, and with parsed labels. */
  m: z.number().int().nonnegative(),
  p: z.number().int().nonnegative(),
  /** Rows whose true bytes are in `line_raw`. */
  r: z.number().int().nonnegative(),
  /** Whether times ascend. */
  o: z.boolean(),
  /** The tenant, in a file of several. */
  t: z.string().exactOptional(),
});
export type RowGroupFacts = z.output<typeof rowGroupFactsSchema>;

export const NAMED_STREAMS = 1_000;
