import { mkdirSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { PlanId } from "../../../../src-shared/model/ids.ts";
import { quarantineItemSchema, type QuarantineItem } from "../../../../src-shared/model/storage/quarantine.ts";
import { MOST_ITEMS } from "./batch-manifest.ts";

const itemsSchema = z.array(quarantineItemSchema).max(MOST_ITEMS);

/**
 * Objects of the plans that are carried out, one file each: a job's input shows some of them, and is read too often to hold a
 * hundred thousand. A file goes when its manifest stands in the bucket.
 */
export class PlannedObjects {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** On disk when it resolves. Rejects with `files.unwritable`. */
  async keep(plan: PlanId, items: readonly QuarantineItem[]): Promise<void> {
    const file = this.#fileOf(plan);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(file, JSON.stringify(items), { mode: 0o600 });
    } catch (error) {
      throw new AppError("files.unwritable", { file, problem: String(error).slice(0, 200) }, { cause: error });
    }
  }

  /** @throws AppError `files.unreadable` */
  async read(plan: PlanId): Promise<readonly QuarantineItem[]> {
    const file = this.#fileOf(plan);
    try {
      return itemsSchema.parse(JSON.parse(await readFile(file, "utf8")));
    } catch (error) {
      throw new AppError("files.unreadable", { file, problem: String(error).slice(0, 200) }, { cause: error });
    }
  }

  async forget(plan: PlanId): Promise<void> {
    await rm(this.#fileOf(plan), { force: true });
  }

  #fileOf(plan: PlanId): string {
    return join(this.#folder, `${plan}.json`);
  }
}
