import { z } from "zod";
import {
  archiveAssumptionsSchema,
  archiveDescriptionSchema,
  type ArchiveAssumptions,
  type ArchiveDescription,
} from "../../../src-shared/model/archive.ts";
import { archiveIdSchema, type ArchiveId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../common/json-file.ts";
import type { Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";

const entrySchema = z.object({
  id: archiveIdSchema,
  /** Real paths, sorted. */
  paths: z.array(z.string()).min(1),
  /** Uploads whose files these are; empty for files of the person's own. */
  uploads: z.array(z.string()),
  /** Whose uploads; left out for files of the machine, and by programs that knew no owners. */
  owner: z.string().exactOptional(),
  /** What the person said when it was opened. */
  assumptions: archiveAssumptionsSchema,
  /** As it was when it was last open. */
  description: archiveDescriptionSchema,
});

/** What is remembered of an archive, enough to open it again. */
export interface RegisteredArchive {
  readonly id: ArchiveId;
  readonly paths: readonly string[];
  readonly uploads: readonly string[];
  readonly owner?: string;
  readonly assumptions: ArchiveAssumptions;
  readonly description: ArchiveDescription;
}

const MAX_ENTRIES = 500;

type Content = readonly RegisteredArchive[];

const FORMAT: JsonFileFormat<Content> = {
  schema: z.array(entrySchema),
  version: 1,
  migrations: [],
  empty: [],
};

/** The profile's `archives.json`: what is open, and what was when the program last ended. */
export class ArchiveRegistry {
  readonly #file: string;
  readonly #entries: Map<ArchiveId, RegisteredArchive>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, content: Content) {
    this.#file = file;
    this.#entries = new Map(content.map((entry) => [entry.id, entry]));
  }

  /** A damaged file is set aside and told of; the list begins empty. */
  static open(file: string, parts: { clock: Clock; logger: Logger; announcer: Announcer }): ArchiveRegistry {
    const { content, broken } = loadJsonFile(file, FORMAT, parts.clock.nowMs());
    if (broken !== null) {
      parts.logger.warn("the list of archives was damaged and set aside", { ...broken.params });
      parts.announcer.notice({ key: "archives.registry-broken", severity: "warning", params: broken.params });
    }
    return new ArchiveRegistry(file, content);
  }

  get(id: ArchiveId): RegisteredArchive | null {
    return this.#entries.get(id) ?? null;
  }

  /** Newest first. */
  list(): readonly RegisteredArchive[] {
    return [...this.#entries.values()].sort((a, b) => b.description.openedAtMs - a.description.openedAtMs);
  }

  /** Beyond a bound that no list is read to, the oldest are forgotten. */
  async put(entry: RegisteredArchive): Promise<void> {
    this.#entries.set(entry.id, entry);
    for (const { id } of this.list().slice(MAX_ENTRIES)) this.#entries.delete(id);
    await this.#save();
  }

  async remove(id: ArchiveId): Promise<void> {
    if (this.#entries.delete(id)) await this.#save();
  }

  /** One after the other, so that an older list never overwrites a newer one. */
  #save(): Promise<void> {
    const saved = this.#saving.then(() => saveJsonFile(this.#file, FORMAT, this.list()));
    // A list that could not be saved is told to whoever changed it; the next one is tried all the same.
    this.#saving = saved.catch(() => {});
    return saved;
  }
}
