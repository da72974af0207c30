import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  storeConfigSchema,
  storeIdSchema,
  type StoreConfig,
  type StoreId,
} from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../../common/json-file.ts";
import type { Logger } from "../../common/logger.ts";

/** More are somebody's mistake, and each would be shown. */
const MAX_STORES = 500;

const contentSchema = z.object({ stores: z.record(storeIdSchema, storeConfigSchema) });
type Content = z.output<typeof contentSchema>;

const FORMAT: JsonFileFormat<Content> = { schema: contentSchema, version: 1, migrations: [], empty: { stores: {} } };

/** What the console remembers of stores: the profile's `stores.json`. No secret is in it, only names of secrets. */
export class KeptStores {
  readonly #file: string;
  #stores: ReadonlyMap<StoreId, StoreConfig>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, { stores }: Content) {
    this.#file = file;
    this.#stores = mapOf(stores);
  }

  /** A broken file is set aside, and the store begins empty. */
  static open(file: string, clock: Clock, logger: Logger): KeptStores {
    const { content, broken } = loadJsonFile(file, FORMAT, clock.nowMs());
    if (broken !== null) logger.warn("the saved stores were broken and set aside", { ...broken.params });
    return new KeptStores(file, content);
  }

  get(id: StoreId): StoreConfig | null {
    return this.#stores.get(id) ?? null;
  }

  all(): readonly (readonly [StoreId, StoreConfig])[] {
    return [...this.#stores];
  }

  /** Rejects with `request.invalid` where there are too many, `files.unwritable` or `files.disk-full`. */
  save(id: StoreId, config: StoreConfig): Promise<void> {
    return this.#change((stores) => {
      if (!stores.has(id) && stores.size >= MAX_STORES) {
        throw new AppError("request.invalid", { path: "config", problem: `no more than ${MAX_STORES} stores` });
      }
      return new Map(stores).set(id, config);
    });
  }

  async remove(id: StoreId): Promise<boolean> {
    const known = this.#stores.has(id);
    if (known) await this.#change((stores) => new Map([...stores].filter(([other]) => other !== id)));
    return known;
  }

  /** Durable when it resolves; where it rejects, nothing has changed. */
  async #change(change: (stores: ReadonlyMap<StoreId, StoreConfig>) => Map<StoreId, StoreConfig>): Promise<void> {
    const saving = this.#saving.then(async () => {
      const after = change(this.#stores);
      await saveJsonFile(this.#file, FORMAT, { stores: Object.fromEntries(after) });
      this.#stores = after;
    });
    this.#saving = saving.catch(() => undefined);
    await saving;
  }
}

function mapOf(stores: Content["stores"]): ReadonlyMap<StoreId, StoreConfig> {
  return new Map(Object.entries(stores).map(([id, config]) => [storeIdSchema.parse(id), config]));
}
