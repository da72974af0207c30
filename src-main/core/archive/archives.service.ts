import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchiveOpened } from "../../../src-shared/api/archives.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveAssumptions, ArchiveDescription, ArchiveQuestion } from "../../../src-shared/model/archive.ts";
import type { ArchiveId } from "../../../src-shared/model/ids.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { ArchiveContents, ArchiveOpener, BlockInspector } from "./archive-contents.ts";
import { describeContents } from "./archive-description.ts";
import { archiveIdOf, realPaths } from "./archive-id.ts";
import { checkPaths, type PathRule } from "./archive-path-rule.ts";
import { ArchiveRegistry, type RegisteredArchive } from "./archive-registry.store.ts";
import type { ArchiveUploads } from "./archive-uploads.ts";
import { OpenArchive, type MakeArchiveSource } from "./open-archive.ts";
import { assumptionNeeded, openPlace } from "./open-place.ts";
import { sampleStreams } from "./sample-streams.ts";
import { SharedOpenings } from "./shared-openings.ts";

export interface ArchivesOptions {
  /** The profile's folder: `archives.json` and `archive-work` are in it. */
  readonly profileDirectory: string;
  /** In the order in which they are asked. */
  readonly openers: readonly ArchiveOpener[];
  readonly inspector: BlockInspector;
  readonly makeSource: MakeArchiveSource;
  readonly uploads: ArchiveUploads;
  readonly mayOpen: PathRule;
  readonly unpackMaxBytes: () => number;
  readonly announcer: Announcer;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Contents whose files stay until it is disposed, whoever closes the archive meanwhile. */
export interface HeldArchive extends Disposable {
  readonly contents: ArchiveContents;
}

/** What jobs need of the service. */
export type ArchiveHolder = Pick<ArchivesService, "hold" | "pathsOf">;

type Opening =
  | { readonly kind: "opened"; readonly archive: OpenArchive }
  | { readonly kind: "questions"; readonly questions: readonly ArchiveQuestion[] };

/** What to open, with its paths resolved and allowed. */
interface Place {
  readonly id: ArchiveId;
  readonly paths: readonly string[];
  readonly uploads: readonly string[];
  readonly owner?: string;
  readonly assumptions: ArchiveAssumptions;
  /** When the person opened it; lazy openings keep it. */
  readonly openedAtMs: number;
}

/** Logs on disk: what is open, and what was, to be opened again when somebody asks for it. */
export class ArchivesService implements AsyncDisposable {
  readonly #options: ArchivesOptions;
  readonly #registry: ArchiveRegistry;
  readonly #open = new Map<ArchiveId, OpenArchive>();
  /** Taken off the list, and still read by somebody. */
  readonly #retiring = new Set<OpenArchive>();
  readonly #openings = new SharedOpenings<Opening>();
  readonly #workDirectory: string;
  #opened = 0;

  private constructor(options: ArchivesOptions) {
    this.#options = options;
    this.#workDirectory = join(options.profileDirectory, "archive-work");
    this.#registry = ArchiveRegistry.open(join(options.profileDirectory, "archives.json"), options);
  }

  /** The profile is this process's alone, so what lies in its work directory was left by a dead one. */
  static async open(options: ArchivesOptions): Promise<ArchivesService> {
    const service = new ArchivesService(options);
    await rm(service.#workDirectory, { recursive: true, force: true });
    await options.uploads.forgetOthers(service.#registry.list().flatMap(({ uploads }) => uploads));
    return service;
  }

  /** Newest first. What was not asked for yet is as it was when it was last open. */
  list(): ArchiveDescription[] {
    return this.#registry.list().map(({ id, description }) => this.#open.get(id)?.description ?? description);
  }

  /** Throws `archive.unknown`. */
  describe(id: ArchiveId): ArchiveDescription {
    return this.#open.get(id)?.description ?? this.#registered(id).description;
  }

  /** Who uploaded it; `null` for files of the machine, `undefined` when it is not on the list. */
  ownerOf(id: string): string | null | undefined {
    // Any other text is the id of no archive.
    const entry = this.#registry.get(id as ArchiveId);
    return entry === null ? undefined : (entry.owner ?? null);
  }

  /** Real paths of an archive on the list. Throws `archive.unknown`. */
  pathsOf(id: ArchiveId): readonly string[] {
    return this.#registered(id).paths;
  }

  /**
   * Opens a place anew, whatever is known of it: files may have changed. Without assumptions, those of the last time count.
   * Rejects with `files.unreadable`, `archive.path-refused`, `archive.not-recognised` and the openers' errors.
   */
  async open(paths: readonly string[], assumptions: ArchiveAssumptions, signal: AbortSignal): Promise<ArchiveOpened> {
    const real = await realPaths(paths);
    await checkPaths(real, this.#options.mayOpen);
    return this.#openNow(real, { uploads: [] }, assumptions, signal);
  }

  /** Opens files that this owner has uploaded whole. Rejects with `archive.upload-unknown` besides. */
  async openUploads(
    uploads: readonly string[],
    assumptions: ArchiveAssumptions,
    owner: string,
    signal: AbortSignal,
  ): Promise<ArchiveOpened> {
    const { uploads: store } = this.#options;
    const real = await realPaths(uploads.map((upload) => store.file(upload, owner)));
    const opened = await this.#openNow(real, { uploads, owner }, assumptions, signal);
    if (opened.kind === "opened") for (const upload of uploads) store.keep(upload);
    return opened;
  }

  /** Takes it off the list; who reads it reads on. Uploaded files go with the last reader, others stay. */
  async close(id: ArchiveId): Promise<boolean> {
    const entry = this.#registry.get(id);
    if (entry === null) return false;
    await this.#registry.remove(id);
    const retired = this.#retire(id);
    fireAndForget(
      retired.then(() => this.#options.uploads.remove(this.#unused(entry.uploads))),
      this.#options.logger,
      "uploaded files could not be removed",
    );
    this.#options.announcer.changed("archives");
    return true;
  }

  /** Opens it where it is not open. Rejects with `archive.unknown`; `archive.assumption-needed` where it asks anew. */
  async contents(id: ArchiveId, signal: AbortSignal): Promise<ArchiveContents> {
    return (await this.#openArchive(id, signal)).contents;
  }

  /** The contents with their files, kept until it is disposed: for jobs. */
  async hold(id: ArchiveId, signal: AbortSignal): Promise<HeldArchive> {
    const archive = await this.#openArchive(id, signal);
    const hold = archive.hold();
    return { contents: archive.contents, [Symbol.dispose]: () => hold[Symbol.dispose]() };
  }

  /** Disposing what is lent gives it back. Rejects with `archive.tenant-unknown` besides. */
  async logSource(id: ArchiveId, tenant: TenantId, signal: AbortSignal): Promise<LogSource> {
    return (await this.#openArchive(id, signal)).lend(tenant);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#openings.end();
    await Promise.all([...this.#open.values(), ...this.#retiring].map((archive) => archive.end()));
    this.#open.clear();
    await rm(this.#workDirectory, { recursive: true, force: true });
  }

  async #openArchive(id: ArchiveId, signal: AbortSignal): Promise<OpenArchive> {
    const open = this.#open.get(id);
    if (open !== undefined) return open;
    const { paths, uploads, owner, assumptions, description } = this.#registered(id);
    // What a link led to then may lead elsewhere now.
    const real = await realPaths(paths);
    if (uploads.length === 0) await checkPaths(real, this.#options.mayOpen);
    const place = { id, paths: real, uploads, ...ownedBy(owner), assumptions, openedAtMs: description.openedAtMs };
    const opening = await this.#openings.run(openingKey(place), signal, (shared) => this.#openPlace(place, shared));
    if (opening.kind === "questions") throw assumptionNeeded(opening.questions);
    return opening.archive;
  }

  async #openNow(
    paths: readonly string[],
    from: Pick<Place, "uploads" | "owner">,
    given: ArchiveAssumptions,
    signal: AbortSignal,
  ): Promise<ArchiveOpened> {
    const id = archiveIdOf(paths);
    const remembered = this.#registry.get(id)?.assumptions ?? {};
    const assumptions = Object.keys(given).length === 0 ? remembered : given;
    const place = { id, paths, ...from, assumptions, openedAtMs: this.#options.clock.nowMs() };
    const opening = await this.#openings.run(openingKey(place), signal, (shared) => this.#openPlace(place, shared));
    return opening.kind === "questions"
      ? { kind: "questions", questions: [...opening.questions] }
      : { kind: "opened", archive: opening.archive.description };
  }

  async #openPlace(place: Place, signal: AbortSignal): Promise<Opening> {
    const { openers, inspector, unpackMaxBytes, clock, logger, makeSource } = this.#options;
    const workDirectory = join(this.#workDirectory, place.id, String(this.#opened++));
    const outcome = await openPlace(place.paths, place.assumptions, openers, {
      inspector,
      workDirectory,
      unpackMaxBytes: unpackMaxBytes(),
      clock,
      logger,
      signal,
    });
    if (outcome.kind === "questions") return outcome;
    const { contents } = outcome;
    const description = await this.#describe(place, contents, workDirectory, signal);
    const archive = new OpenArchive({ contents, description, workDirectory, makeSource, logger });
    if (signal.aborted) {
      await archive.end();
      throw new AppError("request.cancelled", {});
    }
    fireAndForget(this.#retire(place.id), logger, "an archive could not be put away");
    this.#open.set(place.id, archive);
    await this.#registry.put(registration(place, description));
    this.#options.announcer.changed("archives");
    return { kind: "opened", archive };
  }

  async #describe(
    place: Place,
    contents: ArchiveContents,
    workDirectory: string,
    signal: AbortSignal,
  ): Promise<ArchiveDescription> {
    const { makeSource, logger } = this.#options;
    try {
      const samples = await sampleStreams(contents, makeSource, logger, signal);
      return describeContents(place.id, placeName(place), contents, place.openedAtMs, samples);
    } catch (error) {
      await rm(workDirectory, { recursive: true, force: true });
      throw error;
    }
  }

  async #retire(id: ArchiveId): Promise<void> {
    const archive = this.#open.get(id);
    if (archive === undefined) return;
    this.#open.delete(id);
    this.#retiring.add(archive);
    await archive.retire();
    this.#retiring.delete(archive);
  }

  /** Uploads that no archive of the list stands on: one file may be part of several. */
  #unused(uploads: readonly string[]): readonly string[] {
    const used = new Set(this.#registry.list().flatMap((entry) => entry.uploads));
    return uploads.filter((upload) => !used.has(upload));
  }

  #registered(id: ArchiveId): RegisteredArchive {
    const entry = this.#registry.get(id);
    if (entry === null) throw new AppError("archive.unknown", { id });
    return entry;
  }
}

function openingKey({ id, assumptions }: Place): string {
  return `${id} ${JSON.stringify(assumptions)}`;
}

/** One path as it is; of several files the folder of the first. */
function placeName({ paths }: Place): string {
  const [first = ""] = paths;
  return paths.length === 1 ? first : dirname(first);
}

function registration({ id, paths, uploads, owner, assumptions }: Place, description: ArchiveDescription) {
  return { id, paths, uploads, ...ownedBy(owner), assumptions, description };
}

function ownedBy(owner: string | undefined): { readonly owner?: string } {
  return owner === undefined ? {} : { owner };
}
