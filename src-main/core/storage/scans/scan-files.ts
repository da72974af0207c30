import { hash } from "node:crypto";
import { join } from "node:path";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";

/** Where scans of a profile keep what they know. */
export class ScanFiles {
  readonly #folder: string;

  /** `folder` is made when something is kept in it. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get findings(): string {
    return join(this.#folder, "findings.db");
  }

  get setAside(): string {
    return join(this.#folder, "set-aside.db");
  }

  /** Ids have characters that not every file system takes, and some take two that differ in case for one. */
  ledger(store: StoreId): string {
    const shown = store
      .toLowerCase()
      .replaceAll(/[^a-z0-9.-]/g, "_")
      .slice(0, 60);
    return join(this.#folder, `${shown}-${hash("sha256", store).slice(0, 12)}.db`);
  }
}
