import { z } from "zod";
import { configValue } from "./config-values.ts";

const periodSchema = z.object({
  from: z.unknown(),
  store: z.string().catch(""),
  object_store: z.string().catch(""),
  schema: z.string().catch(""),
});
export type SchemaPeriod = z.output<typeof periodSchema>;

/** The periods of `schema_config`, in their order; none where they cannot be read. */
export function schemaPeriods(config: unknown): readonly SchemaPeriod[] {
  return z.array(periodSchema).catch([]).parse(configValue(config, "schema_config.configs"));
}
