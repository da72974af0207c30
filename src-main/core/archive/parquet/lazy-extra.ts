import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { BlockProblem } from "../archive-block.ts";
import { readError } from "./parquet-damage.ts";

/**
 * Extra labels of rows that are read when the first of them is asked for: most queries never do. What cannot be read is
 * added to the block's problems then, and rows have none.
 */
export function lazyExtra(
  read: () => (row: number) => LabelSet | undefined,
  part: string,
  rows: number,
  problems: BlockProblem[],
): (row: number) => LabelSet | undefined {
  let known: ((row: number) => LabelSet | undefined) | null = null;
  return (row) => {
    if (known === null) {
      try {
        known = read();
      } catch (error) {
        problems.push({ part, error: readError(part, error).toWire(), count: rows });
        known = () => undefined;
      }
    }
    return known(row);
  };
}
