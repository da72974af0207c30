import { z } from "zod";
import { storeIdSchema, type StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../../common/json-file.ts";
import type { Logger } from "../../common/logger.ts";
import type { HealingPoint } from "../bucket-health/bucket-facts.ts";
import type { FreeSpacePoint } from "../bucket-health/time-to-full.ts";

/** Closer points say nothing more. */
const EVERY_MS = 10 * 60_000;
const MOST_POINTS = 720;
const MOST_STORES = 50;

const pointSchema = z.object({
  atMs: z.number(),
  freeBytes: z.number().nullable(),
  drives: z.number().nullable(),
  healedObjects: z.number().nullable(),
});
export type SpacePoint = z.output<typeof pointSchema>;

const contentSchema = z.object({ stores: z.record(storeIdSchema, z.array(pointSchema).max(MOST_POINTS)) });
type Content = z.output<typeof contentSchema>;

const FORMAT: JsonFileFormat<Content> = { schema: contentSchema, version: 1, migrations: [], empty: { stores: {} } };

/** Free bytes and healing of stores over the past, in the profile's `bucket-space.json`: the nearer, the denser. */
export class SpaceHistory {
  readonly #file: string;
  /** The store that was noted last is the last. */
  #stores: ReadonlyMap<string, readonly SpacePoint[]>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, { stores }: Content) {
    this.#file = file;
    this.#stores = new Map(Object.entries(stores));
  }

  /** A broken file is set aside, and the history begins empty. */
  static open(file: string, clock: Clock, logger: Logger): SpaceHistory {
    const { content, broken } = loadJsonFile(file, FORMAT, clock.nowMs());
    if (broken !== null) logger.warn("the kept space of buckets was broken and set aside", { ...broken.params });
    return new SpaceHistory(file, content);
  }

  free(store: StoreId): readonly FreeSpacePoint[] {
    return this.#points(store).flatMap(({ atMs, freeBytes }) => (freeBytes === null ? [] : [{ atMs, freeBytes }]));
  }

  healing(store: StoreId): readonly HealingPoint[] {
    return this.#points(store).flatMap(({ atMs, drives, healedObjects }) =>
      drives === null ? [] : [{ atMs, drives, healedObjects }],
    );
  }

  /** Rejects with `files.unwritable` or `files.disk-full`. */
  async note(store: StoreId, point: SpacePoint): Promise<void> {
    const known = this.#points(store);
    const last = known.at(-1);
    // A clock that was set back begins anew behind what is kept.
    if (last !== undefined && point.atMs - last.atMs < EVERY_MS && point.atMs >= last.atMs) return;
    const points = thinned([...known.filter(({ atMs }) => atMs < point.atMs), point]);
    const others = [...this.#stores].filter(([id]) => id !== store).slice(-(MOST_STORES - 1));
    this.#stores = new Map<string, readonly SpacePoint[]>([...others, [store, points]]);
    const stores = Object.fromEntries([...this.#stores].map(([id, kept]) => [id, [...kept]]));
    const saving = this.#saving.then(() => saveJsonFile(this.#file, FORMAT, { stores }));
    this.#saving = saving.catch(() => undefined);
    await saving;
  }

  #points(store: StoreId): readonly SpacePoint[] {
    return this.#stores.get(store) ?? [];
  }
}

/** Every second of the older half goes, so that the past reaches ever farther back. */
function thinned(points: readonly SpacePoint[]): readonly SpacePoint[] {
  if (points.length <= MOST_POINTS) return points;
  return points.filter((_, at) => at >= MOST_POINTS / 2 || at % 2 === 0);
}
