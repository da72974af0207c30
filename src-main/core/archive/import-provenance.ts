import { basename } from "node:path";
import type { ArchiveAssumptions, Provenance } from "../../../src-shared/model/archive.ts";
import type { ArchiveContents } from "./archive-contents.ts";

const MAX_FILES = 1_000;

/** Where the rows of an import came from; what an earlier export says of them is kept. */
export function importProvenance(
  { kind, provenance, assumptions }: Pick<ArchiveContents, "kind" | "provenance" | "assumptions">,
  by: {
    readonly paths: readonly string[];
    readonly principal: string;
    /** `kubemate 0.1.0` */
    readonly program: string;
    readonly nowMs: number;
    /** What was said besides the contents' own. */
    readonly assumptions?: ArchiveAssumptions;
  },
): Provenance {
  return {
    site: provenance?.site ?? (kind === "bucket" ? "bucket" : "files"),
    query: provenance?.query ?? "",
    startNs: provenance?.startNs ?? null,
    endNs: provenance?.endNs ?? null,
    exportedAt: new Date(by.nowMs).toISOString(),
    exportedBy: by.principal,
    program: by.program,
    redacted: provenance?.redacted ?? {},
    files: by.paths.slice(0, MAX_FILES).map((path) => basename(path)),
    assumptions: { ...assumptions, ...by.assumptions },
  };
}
