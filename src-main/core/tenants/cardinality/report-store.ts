import { existsSync, mkdirSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { jobIdSchema, type JobId } from "../../../../src-shared/model/ids.ts";
import { cardinalityReportSchema, type CardinalityReport } from "../../../../src-shared/model/tenants/cardinality.ts";
import type { KeptReport, ReportPlace } from "./cardinality-desk.ts";
import { seriesFile } from "./take-sample.ts";

const storedSchema = z.object({ version: z.literal(1), report: cardinalityReportSchema });

const REPORT = ".report.json";
/** Reports that are looked through; there are never so many in a folder that this program alone writes. */
const MOST_FILES = 2_000;

/** The samples of a profile: a report and a table each, the newest few of every tenant. */
export class ReportStore {
  readonly directory: string;
  readonly #kept: () => number;

  /** @throws AppError `files.unwritable` */
  constructor(directory: string, kept: () => number) {
    this.directory = directory;
    this.#kept = kept;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw unwritable(directory, error);
    }
  }

  /** Keeps a report whose table is written, and lets go of older ones of the tenant. @throws AppError `files.unwritable` */
  async keep(report: CardinalityReport): Promise<void> {
    const file = this.#file(report.job);
    try {
      await writeFileAtomic(file, JSON.stringify({ version: 1, report }), { mode: 0o600 });
    } catch (error) {
      throw unwritable(file, error);
    }
    const { site, tenant } = report.request;
    const all = await this.list(site, tenant);
    await Promise.all(all.slice(this.#kept()).map(({ job }) => this.remove(job)));
  }

  /** Newest first. What cannot be read is not among them; asking for it by name says why. */
  async list(site: string, tenant: string): Promise<readonly KeptReport[]> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith(REPORT)).slice(0, MOST_FILES);
    const found = await Promise.all(names.map((name) => this.#summary(name, site, tenant)));
    return found.filter((each) => each !== null).toSorted((a, b) => b.takenAtMs - a.takenAtMs);
  }

  /** @throws AppError `cardinality.report-unknown`, also for one of another tenant; `cardinality.report-damaged` */
  async read({ site, tenant, job }: ReportPlace): Promise<CardinalityReport> {
    const file = this.#file(job);
    const unknown = new AppError("cardinality.report-unknown", { report: job });
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw unknown;
      throw new AppError("files.unreadable", { file, problem: reasonOf(error) }, { cause: error });
    }
    const report = parsed(text);
    if (report === null) throw new AppError("cardinality.report-damaged", { file, problem: "not as it was written" });
    if (report.request.site !== site || report.request.tenant !== tenant) throw unknown;
    return report;
  }

  /** The table of a report. @throws AppError as `read`, and `cardinality.report-damaged` where it is not there */
  async table(place: ReportPlace): Promise<{ readonly report: CardinalityReport; readonly file: string }> {
    const report = await this.read(place);
    const file = seriesFile(this.directory, place.job);
    if (!existsSync(file)) throw new AppError("cardinality.report-damaged", { file, problem: "not there" });
    return { report, file };
  }

  async remove(job: JobId): Promise<void> {
    await rm(this.#file(job), { force: true });
    await rm(seriesFile(this.directory, job), { force: true });
  }

  /** Removes what no report and no job that may go on needs: `.series`, `.journal` and `.part` of samples that did not end. */
  async tidy(isAlive: (job: JobId) => boolean): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const [job = "", ...rest] = name.split(".");
      const id = jobIdSchema.safeParse(job);
      const kind = rest[0] ?? "";
      if (!id.success || (kind !== "journal" && kind !== "series") || isAlive(id.data)) continue;
      const orphan = kind === "journal" || rest.length > 1 || !existsSync(this.#file(id.data));
      // oxlint-disable-next-line no-await-in-loop -- few, and nobody waits
      if (orphan) await rm(join(this.directory, name), { force: true });
    }
  }

  async #summary(name: string, site: string, tenant: string): Promise<KeptReport | null> {
    const text = await readFile(join(this.directory, name), "utf8").catch(() => "");
    const report = parsed(text);
    if (report === null || report.request.site !== site || report.request.tenant !== tenant) return null;
    const { job, takenAtMs, series, labels, sampledShare } = report;
    return { job, takenAtMs, series, labels: labels.length, sampledShare };
  }

  #file(job: JobId): string {
    return join(this.directory, `${job}${REPORT}`);
  }
}

function parsed(text: string): CardinalityReport | null {
  try {
    const stored = storedSchema.safeParse(JSON.parse(text));
    return stored.success ? stored.data.report : null;
  } catch {
    // Cut off or overwritten: the same as one of another shape.
    return null;
  }
}

function unwritable(file: string, error: unknown): AppError {
  return new AppError("files.unwritable", { file, problem: reasonOf(error) }, { cause: error });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
