import type { ArchiveAssumptions, ArchiveQuestion } from "../../src-shared/model/archive.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { ArchiveContents } from "../core/archive/archive-contents.ts";
import { realPaths } from "../core/archive/archive-id.ts";
import { createArchiveLogSource } from "../core/archive/archive-log-source.ts";
import { assumptionNeeded, openPlace } from "../core/archive/open-place.ts";
import type { ArchiveScanner } from "../core/archive/scan/archive-scanner.ts";
import { ARCHIVE_OPENERS, openArchiveTools, type ArchiveTools } from "../core/console-archives.ts";
import { openTemporaryWork } from "../core/archive/temporary-work.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { LogSource } from "../core/logs/log-source.ts";
import type { CliText } from "./cli-text.ts";
import type { CommandContext } from "./command-context.ts";
import { terminalSafe, write } from "./terminal.ts";

/** The option that answers a question. */
const ANSWERS: Readonly<Record<ArchiveQuestion["kind"], string>> = {
  zone: "--assume-zone",
  year: "--assume-year",
  timeless: "--assume-start",
  dayOrder: "--assume-day-order",
};

/** Logs on disk, opened for one command. The profile's list knows nothing of it. */
export interface CommandArchive extends AsyncDisposable {
  readonly contents: ArchiveContents;
  /** Real paths. */
  readonly paths: readonly string[];
  readonly pool: ArchiveScanner;
  readonly tools: ArchiveTools;
  /** Disposing it leaves the archive open. */
  logSource(tenant: string): LogSource;
}

/**
 * Opens a place whatever it is: capsule, archive, Parquet of others, copied bucket, log files. What must be assumed and was
 * not said is `archive.assumption-needed`. Needs no lock of the profile, and unpacks into a folder of its own.
 */
export async function openCommandArchive(
  base: ConsoleBase,
  { terminal, text }: Pick<CommandContext, "terminal" | "text">,
  places: readonly string[],
  assumptions: ArchiveAssumptions,
): Promise<CommandArchive> {
  await using stack = new AsyncDisposableStack();
  const { path: workDirectory } = stack.use(await openTemporaryWork());
  const tools = openArchiveTools({ locateWorker: terminal.locateWorker, base }, stack);
  const paths = await realPaths(places);
  const logger = base.logger.child("archives");
  const outcome = await openPlace(paths, assumptions, ARCHIVE_OPENERS, {
    inspector: tools.scanner,
    workDirectory,
    unpackMaxBytes: base.settings.get("archives.unpackMaxBytes"),
    clock: base.clock,
    logger,
    signal: terminal.signal,
  });
  if (outcome.kind === "questions") {
    for (const question of outcome.questions) await write(terminal.stderr, questionHint(question, text));
    throw assumptionNeeded(outcome.questions);
  }
  const { contents } = outcome;
  const rest = stack.move();
  return {
    contents,
    paths,
    pool: tools.scanner,
    tools,
    logSource: (tenant) =>
      createArchiveLogSource({
        contents,
        tenant: tenantIdSchema.parse(tenant),
        title: contents.title,
        pool: tools.scanner,
        clock: base.clock,
        logger,
      }),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

function questionHint({ kind, file, suggestions }: ArchiveQuestion, text: CliText): string {
  const params = { file, option: ANSWERS[kind], suggestions: suggestions.join(" | ") };
  return `kubemate: ${terminalSafe(text.sentence("archives.question.hint", params))}\n`;
}
