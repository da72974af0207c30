import { z } from "zod";
import type { Clock } from "../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../common/json-file.ts";
import type { Logger } from "../common/logger.ts";

const contentSchema = z.object({
  confirmed: z.record(z.string(), z.object({ atMs: z.number(), command: z.string() })),
});
type Content = z.infer<typeof contentSchema>;

const FORMAT: JsonFileFormat<Content> = { schema: contentSchema, version: 1, migrations: [], empty: { confirmed: {} } };

/** Which programs a person has allowed kubeconfigs to run, by hash. Kept in the profile's `plugins.json`. */
export class PluginConfirmations {
  readonly #file: string;
  readonly #clock: Clock;
  #content: Content;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, clock: Clock, content: Content) {
    this.#file = file;
    this.#clock = clock;
    this.#content = content;
  }

  /** A file that cannot be read counts as no consent at all. */
  static open(file: string, clock: Clock, logger: Logger): PluginConfirmations {
    const { content, broken } = loadJsonFile(file, FORMAT, clock.nowMs());
    if (broken !== null) logger.warn("the plugin confirmations were broken and set aside", { ...broken.params });
    return new PluginConfirmations(file, clock, content);
  }

  has(hash: string): boolean {
    return Object.hasOwn(this.#content.confirmed, hash);
  }

  /** Durable when it resolves. Rejects with `files.unwritable` or `files.disk-full`; then nothing has changed. */
  async set(hash: string, command: string, confirmed: boolean): Promise<void> {
    const change = this.#saving.then(async () => {
      const { [hash]: _old, ...others } = this.#content.confirmed;
      const next: Content = {
        confirmed: confirmed ? { ...others, [hash]: { atMs: this.#clock.nowMs(), command } } : others,
      };
      await saveJsonFile(this.#file, FORMAT, next);
      this.#content = next;
    });
    this.#saving = change.catch(() => undefined);
    await change;
  }
}
