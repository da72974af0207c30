import { rm } from "node:fs/promises";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { ArchiveContents } from "./archive-contents.ts";

/** Reads one tenant's rows of opened contents. */
export type MakeArchiveSource = (contents: ArchiveContents, tenant: TenantId) => LogSource;

/**
 * An archive while it is open: its contents, its sources, and its work directory. Taken off the list, it stays readable for
 * those who read it already; its unpacked files go with the last of them.
 */
export class OpenArchive {
  readonly contents: ArchiveContents;
  readonly description: ArchiveDescription;
  readonly #workDirectory: string;
  readonly #makeSource: MakeArchiveSource;
  readonly #logger: Logger;
  readonly #sources = new Map<TenantId, LogSource>();
  readonly #ended = Promise.withResolvers<void>();
  #held = 0;
  #retired = false;

  constructor(options: {
    readonly contents: ArchiveContents;
    readonly description: ArchiveDescription;
    readonly workDirectory: string;
    readonly makeSource: MakeArchiveSource;
    readonly logger: Logger;
  }) {
    this.contents = options.contents;
    this.description = options.description;
    this.#workDirectory = options.workDirectory;
    this.#makeSource = options.makeSource;
    this.#logger = options.logger;
  }

  /** Keeps the files until it is disposed. */
  hold(): Disposable {
    this.#held += 1;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#held -= 1;
        this.#endIfUnused();
      },
    };
  }

  /** One source a tenant, lent again and again. Throws `archive.tenant-unknown`. */
  lend(tenant: TenantId): LogSource {
    if (!this.contents.tenants.includes(tenant)) throw new AppError("archive.tenant-unknown", { tenant });
    let source = this.#sources.get(tenant);
    if (source === undefined) {
      source = this.#makeSource(this.contents, tenant);
      this.#sources.set(tenant, source);
    }
    const hold = this.hold();
    return lent(source, async () => hold[Symbol.dispose]());
  }

  /** Lends nothing more; resolves when all that was lent is back and the work directory is gone. */
  retire(): Promise<void> {
    this.#retired = true;
    this.#endIfUnused();
    return this.#ended.promise;
  }

  /** Ends it now, whoever still reads: for the end of the program. */
  async end(): Promise<void> {
    this.#retired = true;
    this.#held = 0;
    this.#endIfUnused();
    await this.#ended.promise;
  }

  #endIfUnused(): void {
    if (!this.#retired || this.#held > 0) return;
    fireAndForget(
      this.#end().finally(() => this.#ended.resolve()),
      this.#logger,
      "an archive could not be put away",
    );
  }

  async #end(): Promise<void> {
    const sources = [...this.#sources.values()];
    this.#sources.clear();
    await Promise.all(sources.map((source) => source[Symbol.asyncDispose]()));
    await rm(this.#workDirectory, { recursive: true, force: true });
  }
}

function lent(source: LogSource, giveBack: () => Promise<void>): LogSource {
  return {
    describe: () => source.describe(),
    capabilities: () => source.capabilities(),
    labels: (...parameters) => source.labels(...parameters),
    labelValues: (...parameters) => source.labelValues(...parameters),
    series: (...parameters) => source.series(...parameters),
    read: (...parameters) => source.read(...parameters),
    tail: (...parameters) => source.tail(...parameters),
    metric: (...parameters) => source.metric(...parameters),
    stats: (...parameters) => source.stats(...parameters),
    volume: (...parameters) => source.volume(...parameters),
    detectedFields: (...parameters) => source.detectedFields(...parameters),
    [Symbol.asyncDispose]: giveBack,
  };
}
