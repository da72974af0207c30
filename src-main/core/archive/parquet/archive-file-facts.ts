import { z } from "zod";
import { STREAMS_KEY } from "../../../../src-shared/model/archive-manifest.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { GROUPS_KEY } from "./archive-columns.ts";
import { ParquetDamage } from "./parquet-damage.ts";
import type { ParquetFooter } from "./parquet-footer.ts";
import { rowGroupFactsSchema, type RowGroupFacts } from "./row-group-facts.ts";

/** What a file of ours says of itself. */
export interface ArchiveFileFacts {
  readonly streams: readonly LabelSet[];
  /** One for each row group; `null` where the file does not say. */
  readonly groups: readonly RowGroupFacts[] | null;
}

/** Not `z.record`, which leaves out a label of the name `__proto__`: Loki takes it as any other. */
const streamsSchema = z.array(z.custom<LabelSet>(isLabelSet));
const groupsSchema = z.array(rowGroupFactsSchema);

/**
 * `null` where the file is none of ours.
 * @throws `ParquetDamage` where what it says of itself cannot be understood
 */
export function archiveFileFacts(footer: ParquetFooter): ArchiveFileFacts | null {
  const streams = footer.keyValues.get(STREAMS_KEY);
  if (streams === undefined) return null;
  const groups = footer.keyValues.get(GROUPS_KEY);
  const facts = groups === undefined ? null : parseJson(groups, GROUPS_KEY, groupsSchema);
  if (facts !== null && facts.length !== footer.rowGroups.length) {
    throw new ParquetDamage(`${GROUPS_KEY} is of ${facts.length} row groups instead of ${footer.rowGroups.length}`);
  }
  return { streams: parseJson(streams, STREAMS_KEY, streamsSchema), groups: facts };
}

function parseJson<Value>(text: string, key: string, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ParquetDamage(`${key}: ${problem.slice(0, 200)}`, { cause: error });
  }
}

function isLabelSet(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string")
  );
}
