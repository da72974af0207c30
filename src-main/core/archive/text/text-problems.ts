import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { MAX_ENTRY_BYTES } from "./block-window.ts";
import type { IndexedBlock } from "./index-text-file.ts";

/** What was found of a file's lines when it was indexed, once a file. */
export function indexProblems(part: string, blocks: readonly IndexedBlock[]): ArchiveProblem[] {
  let unreadable = 0;
  let unrepresentable = 0;
  let tooLong = 0;
  let example: string | null = null;
  for (const { index } of blocks) {
    unreadable += index.unreadableLines;
    unrepresentable += index.unrepresentableTimes;
    tooLong += index.tooLongLines;
    example ??= index.unreadableExample;
  }
  const problems: ArchiveProblem[] = [];
  const add = (error: WireError, count: number): void => {
    problems.push({ part, error, count });
  };
  if (unreadable > 0) {
    const params = { part, lines: unreadable, example: (example ?? "").slice(0, 200) };
    add(new AppError("archive.lines-unreadable", params).toWire(), 1);
  }
  if (unrepresentable > 0) {
    add(new AppError("archive.times-unrepresentable", { part, lines: unrepresentable }).toWire(), 1);
  }
  if (tooLong > 0) {
    add(new AppError("archive.line-too-long", { part, limitBytes: MAX_ENTRY_BYTES }).toWire(), tooLong);
  }
  return problems;
}
