import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { Drill, RecoveryFacts, SignedDrillReport } from "../../../../src-shared/model/storage/recovery.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { DrillsDesk, RecoveryCaller } from "../recovery-desks.ts";
import type { PlannedRestore } from "../restore/planned-restore.ts";
import type { DrillInput } from "./drill-checkpoint.ts";
import type { DrillHistory } from "./drill-history.ts";
import { drillReport } from "./drill-report.ts";
import { reportHtml } from "./report-html.ts";
import { reportMarkdown } from "./report-markdown.ts";
import { reportPlain } from "./report-plain.ts";
import { reportText } from "./report-text.ts";

/** The report of a drill, to be read in one language. */
export interface ReadableReport {
  readonly signed: SignedDrillReport;
  readonly markdown: string;
  readonly html: string;
  /** For a terminal. */
  readonly plain: string;
}

export interface DrillsOptions {
  readonly history: DrillHistory;
  readonly facts: (store: StoreId, signal: AbortSignal) => Promise<RecoveryFacts>;
  readonly titleOf: (store: StoreId, signal: AbortSignal) => Promise<string>;
  readonly submit: (input: DrillInput, principal: string) => JobId;
  /** The profile's `exports`. */
  readonly directory: string;
}

/** Drills of a profile, their reports, and what is known of losing and restoring a bucket. */
export class DrillsService implements DrillsDesk {
  readonly #options: DrillsOptions;

  constructor(options: DrillsOptions) {
    this.#options = options;
  }

  facts(store: StoreId, signal: AbortSignal): Promise<RecoveryFacts> {
    return this.#options.facts(store, signal);
  }

  list(store: StoreId | null, limit: number): readonly Drill[] {
    return this.#options.history.list(store, limit);
  }

  /** Carries out the plan of a drill, as a job of kind `storage-drill`. The plan's folder is the job's from now on. */
  async begin(planned: PlannedRestore, reason: string, caller: RecoveryCaller, signal: AbortSignal): Promise<JobId> {
    const { store, into } = planned.plan.request;
    if (into === null) throw new AppError("request.invalid", { path: "into", problem: "a drill has a scratch bucket" });
    const { titleOf, submit } = this.#options;
    const [title, target] = await Promise.all([titleOf(store, signal), titleOf(into, signal)]);
    const input = { directory: planned.directory, store: title, into: target, reason, principal: caller.principal };
    return submit(input, caller.principal);
  }

  /** @throws AppError `recovery.drill-unknown` */
  async report(drill: JobId, language: "en" | "zh-CN"): Promise<ReadableReport> {
    return readableReport(this.#options.history.signed(drill), language);
  }

  /** @throws AppError `recovery.drill-unknown`, `files.unwritable` */
  async save(drill: JobId, language: "en" | "zh-CN", signal: AbortSignal): Promise<readonly string[]> {
    return writeReport(await this.report(drill, language), this.#options.directory, signal);
  }
}

export async function readableReport(signed: SignedDrillReport, language: "en" | "zh-CN"): Promise<ReadableReport> {
  const document = drillReport(signed, await reportText(language));
  return {
    signed,
    markdown: reportMarkdown(document),
    html: reportHtml(document),
    plain: reportPlain(document),
  };
}

/** Writes the signed JSON, Markdown and HTML beside each other. @throws AppError `files.unwritable` */
export async function writeReport(
  { signed, markdown, html }: ReadableReport,
  directory: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // A job's id is one of this program's own; it is a file's name only where it has nothing of a path.
  const name = `drill-${signed.report.drill.drill.replaceAll(/[^A-Za-z0-9-]/g, "_")}`;
  const contents = [
    [`${name}.json`, `${JSON.stringify(signed, null, 2)}\n`],
    [`${name}.md`, markdown],
    [`${name}.html`, html],
  ] as const;
  return Promise.all(
    contents.map(async ([file, text]) => {
      const path = join(directory, file);
      if (signal.aborted) throw new AppError("request.cancelled", {});
      try {
        await writeFileAtomic(path, text, { mode: 0o600 });
      } catch (error) {
        const problem = error instanceof Error ? error.message.slice(0, 300) : String(error);
        throw new AppError("files.unwritable", { file: path, problem }, { cause: error });
      }
      return path;
    }),
  );
}
