import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ArchiveOpener, ArchiveContents } from "../../src-main/core/archive/archive-contents.ts";
import { ANY_PATH, type PathRule } from "../../src-main/core/archive/archive-path-rule.ts";
import { ArchiveUploads } from "../../src-main/core/archive/archive-uploads.ts";
import { ArchivesService } from "../../src-main/core/archive/archives.service.ts";
import type { Clock } from "../../src-main/core/common/clock.ts";
import type { ArchiveQuestion } from "../../src-shared/model/archive.ts";
import { COMPLETE } from "../../src-shared/model/completeness.ts";
import { ManualClock } from "./manual-clock.ts";
import { memoryLogSource } from "./memory-log-source.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** An archive service over a profile of the test's own, whose openers the test chooses. */
export interface ArchiveServices extends AsyncDisposable {
  readonly service: ArchivesService;
  readonly uploads: ArchiveUploads;
  readonly announcer: RecordingAnnouncer;
  readonly logger: RecordingLogger;
}

export async function archiveServices(
  profileDirectory: string,
  openers: readonly ArchiveOpener[],
  options: { readonly mayOpen?: PathRule; readonly clock?: Clock; readonly maxBytes?: number } = {},
): Promise<ArchiveServices> {
  const announcer = new RecordingAnnouncer();
  const logger = new RecordingLogger();
  const clock = options.clock ?? new ManualClock();
  const uploads = new ArchiveUploads({
    directory: join(profileDirectory, "uploads"),
    maxBytes: () => options.maxBytes ?? 2 ** 30,
    clock,
    logger,
  });
  const service = await ArchivesService.open({
    profileDirectory,
    openers,
    inspector: {
      indexText: () => Promise.reject(new Error("these openers inspect nothing")),
      chunkHead: () => Promise.reject(new Error("these openers inspect nothing")),
    },
    makeSource: () => memoryLogSource({ rows: [] }),
    uploads,
    mayOpen: options.mayOpen ?? ANY_PATH,
    unpackMaxBytes: () => 2 ** 30,
    announcer,
    logger,
    clock,
  });
  return {
    service,
    uploads,
    announcer,
    logger,
    [Symbol.asyncDispose]: async () => {
      uploads[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** Opens files that begin with `lines`, one stream of one tenant; counts how often it was asked to. */
export function linesOpener(): { readonly opener: ArchiveOpener; readonly asked: () => number } {
  let asked = 0;
  const opener: ArchiveOpener = async (paths, assumptions, { workDirectory }) => {
    const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
    if (!texts.every((text) => text.startsWith("lines"))) return null;
    asked += 1;
    if (texts.some((text) => text.includes("no zone")) && assumptions.zone === undefined) {
      const question: ArchiveQuestion = {
        kind: "zone",
        file: basename(paths[0] ?? ""),
        example: "no zone",
        suggestions: ["UTC"],
      };
      return { kind: "questions", questions: [question] };
    }
    await writeFile(join(workDirectory, "unpacked"), texts.join(""));
    return { kind: "opened", contents: { ...linesContents(paths, texts), assumptions } };
  };
  return { opener, asked: () => asked };
}

function linesContents(paths: readonly string[], texts: readonly string[]): ArchiveContents {
  return {
    kind: "files",
    title: paths.map((path) => basename(path)).join(", "),
    blocks: texts.map((text, index) => ({
      place: { kind: "chunk", file: paths[index] ?? "", key: "" },
      tenant: "bank",
      minNs: 1_000n,
      maxNs: 2_000n,
      rows: text.split("\n").length,
      bytes: text.length,
      streams: [{ filename: basename(paths[index] ?? "") }],
      sorted: true,
    })),
    tenants: ["bank"],
    formats: ["text"],
    problems: [],
    completeness: COMPLETE,
    provenance: null,
    assumptions: {},
    dropsDuplicates: false,
  };
}
