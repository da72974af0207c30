import { z } from "zod";
import { archiveProblemSchema, type ArchiveProblem } from "../../../src-shared/model/archive.ts";
import { archiveIdSchema } from "../../../src-shared/model/ids.ts";
import type { Announcer } from "../common/topics.ts";
import type { JobContext, JobDefinition } from "../jobs/job-definition.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveHolder } from "./archives.service.ts";
import type { ReadRows } from "./archive-import.ts";
import { rowsOf } from "./import-columns.ts";
import { ProblemList } from "./import-problems.ts";

const inputSchema = z.object({ archive: archiveIdSchema, title: z.string() });
const outputSchema = z.object({
  file: z.string(),
  /** Empty where every byte is as it should be. */
  problems: z.array(archiveProblemSchema),
});
type Input = z.output<typeof inputSchema>;
type Output = z.output<typeof outputSchema>;
type Context = JobContext<Input, object>;

export interface VerifyJobParts {
  readonly archives: ArchiveHolder;
  readonly verifyArchive: (
    path: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (fraction: number) => void },
  ) => Promise<readonly ArchiveProblem[]>;
  readonly readRows: ReadRows;
  readonly announcer: Announcer;
}

/**
 * Reads all of an archive again. Ours is compared with its manifest, byte for byte; of what has no manifest every row is
 * decoded, and what cannot be is told. A capsule is checked whenever it is opened, so its rows are read as the others'.
 */
export function createArchiveVerifyJob(parts: VerifyJobParts): JobDefinition<Input, object, Output> {
  return {
    kind: "archive-verify",
    input: inputSchema,
    checkpoint: z.object({}),
    output: outputSchema,
    canPause: false,
    titleParams: ({ title }) => ({ title }),
    run: async (context) => {
      const { input, signal } = context;
      using held = await parts.archives.hold(input.archive, signal);
      const { contents } = held;
      const [path = ""] = parts.archives.pathsOf(input.archive);
      const problems =
        contents.kind === "kubemate"
          ? await parts.verifyArchive(path, {
              signal,
              onProgress: (fraction) => reportBytes(context, contents, fraction),
            })
          : await readAll(parts.readRows, contents, context);
      parts.announcer.notice(
        problems.length === 0
          ? { key: "archives.verified", severity: "info", params: { path } }
          : { key: "archives.verify-failed", severity: "warning", params: { path, problems: problems.length } },
      );
      return { file: path, problems: [...problems] };
    },
  };
}

function reportBytes({ report }: Context, contents: ArchiveContents, fraction: number): void {
  const total = contents.blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  report({ phase: "verify", fraction, done: Math.round(total * fraction), total, unit: "bytes" });
}

async function readAll(
  readRows: ReadRows,
  contents: ArchiveContents,
  { signal, report }: Context,
): Promise<readonly ArchiveProblem[]> {
  const problems = new ProblemList(contents.problems, contents.completeness);
  const total = rowsOf(contents, null);
  let done = 0;
  for (const tenant of contents.tenants) {
    const options = { contents, tenant, range: null, onProblem: problems.add.bind(problems) };
    for await (const batch of readRows(options, signal)) {
      done += batch.rowCount;
      const fraction = total === null || total === 0 ? null : Math.min(1, done / total);
      report({ phase: "verify", fraction, done, total, unit: "rows" });
    }
  }
  return problems.list;
}
