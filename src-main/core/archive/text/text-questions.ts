import type { ArchiveAssumptions, ArchiveQuestion } from "../../../../src-shared/model/archive.ts";
import type { PreparedFile } from "./prepare-text-file.ts";

/** What must be asked before the files' times mean anything; each question once, with the first file that raises it. */
export function openQuestions(files: readonly PreparedFile[], assumptions: ArchiveAssumptions): ArchiveQuestion[] {
  const questions = new Map<ArchiveQuestion["kind"], ArchiveQuestion>();
  const ask = (file: PreparedFile, kind: ArchiveQuestion["kind"], example: string | null | undefined): void => {
    if (example === null || example === undefined || questions.has(kind)) return;
    questions.set(kind, { kind, file: file.part, example, suggestions: suggestionsFor(kind, file.changedMs) });
  };
  for (const file of files) {
    const { times, timeless } = file.found;
    if (assumptions.dayOrder === undefined) ask(file, "dayOrder", times?.eitherOrder);
    if (assumptions.zone === undefined) ask(file, "zone", times?.zoneless);
    if (assumptions.year === undefined) ask(file, "year", times?.yearless);
    if (assumptions.timelessFromNs === undefined) ask(file, "timeless", timeless);
  }
  return [...questions.values()];
}

function suggestionsFor(kind: ArchiveQuestion["kind"], changedMs: number): string[] {
  switch (kind) {
    case "zone":
      return [...new Set(["UTC", Intl.DateTimeFormat().resolvedOptions().timeZone])];
    case "year": {
      const year = new Date(changedMs).getUTCFullYear();
      return [String(year), String(year - 1)];
    }
    case "timeless":
      return [String(BigInt(Math.floor(changedMs)) * 1_000_000n)];
    case "dayOrder":
      return ["day-first", "month-first"];
  }
}
