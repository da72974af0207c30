import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../common/json-file.ts";
import type { Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";
import { SETTING_DEFINITIONS, type SettingKey, type SettingValue } from "./setting-definitions.ts";
import { environmentName, isSettingKey, parseSetting, settingDefinition, type RawSetting } from "./setting-parse.ts";
import type { SettingValues } from "./setting-values.ts";

const valuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const FORMAT: JsonFileFormat<Readonly<Record<string, RawSetting>>> = {
  schema: valuesSchema,
  version: 1,
  migrations: [],
  empty: {},
};

export interface SettingsOptions {
  readonly file: string;
  /** What an administrator laid down; may be missing. */
  readonly managedFile: string;
  readonly flags: Readonly<Record<string, RawSetting>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly announcer: Announcer;
  readonly logger: Logger;
  readonly clock: Clock;
}

type Source = Setting["source"];

/**
 * Every setting with the value that counts and where it comes from: flag, environment, managed file, user file, default.
 * A value that does not parse is passed over with a warning in the log, and the next source counts.
 */
export class SettingsService implements SettingValues {
  readonly #options: SettingsOptions;
  readonly #managed: Readonly<Record<string, RawSetting>>;
  readonly #listeners = new Map<SettingKey, Set<() => void>>();
  #user: Readonly<Record<string, RawSetting>>;
  #resolved: ReadonlyMap<SettingKey, { readonly value: RawSetting; readonly source: Source }>;

  constructor(options: SettingsOptions) {
    this.#options = options;
    const loaded = loadJsonFile(options.file, FORMAT, options.clock.nowMs());
    this.#user = loaded.content;
    if (loaded.broken !== null) {
      options.logger.warn("settings file set aside", { ...loaded.broken.params });
      options.announcer.notice({ key: "settings.file-broken", severity: "warning", params: loaded.broken.params });
    }
    this.#managed = readManaged(options);
    this.#resolved = this.#resolve();
  }

  get<Key extends SettingKey>(key: Key): SettingValue<Key> {
    // Every value in the map was parsed against the definition of its own key.
    return this.#resolved.get(key)?.value as SettingValue<Key>;
  }

  onChange<Key extends SettingKey>(key: Key, listener: (value: SettingValue<Key>) => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    const notify = () => listener(this.get(key));
    listeners.add(notify);
    this.#listeners.set(key, listeners);
    return () => listeners.delete(notify);
  }

  list(): Setting[] {
    return settingKeys().map((key) => this.describe(key));
  }

  describe(key: SettingKey): Setting {
    const definition = settingDefinition(key);
    const { value, source } = this.#resolved.get(key) ?? { value: definition.default, source: "default" as const };
    return {
      key,
      group: definition.group,
      kind: definition.kind,
      value,
      defaultValue: definition.default,
      source,
      locked: source === "flag" || source === "environment" || source === "managed",
      restart: definition.restart ?? false,
      ...("choices" in definition ? { choices: [...definition.choices] } : {}),
      ...("min" in definition ? { min: definition.min, max: definition.max } : {}),
    };
  }

  /** Rejects with `settings.unknown`, `settings.invalid`, or `settings.managed` where a higher source decides. */
  async set(key: string, raw: RawSetting): Promise<Setting> {
    const known = this.#editable(key);
    await this.#store({ ...this.#user, [known]: parseSetting(known, raw) });
    return this.describe(known);
  }

  async reset(key: string): Promise<Setting> {
    const known = this.#editable(key);
    const { [known]: _gone, ...rest } = this.#user;
    await this.#store(rest);
    return this.describe(known);
  }

  #editable(key: string): SettingKey {
    if (!isSettingKey(key)) throw new AppError("settings.unknown", { key });
    const { locked, source } = this.describe(key);
    if (locked) throw new AppError("settings.managed", { key, source });
    return key;
  }

  async #store(values: Readonly<Record<string, RawSetting>>): Promise<void> {
    await saveJsonFile(this.#options.file, FORMAT, values);
    const before = this.#resolved;
    this.#user = values;
    this.#resolved = this.#resolve();
    for (const [key, listeners] of this.#listeners) {
      if (before.get(key)?.value === this.#resolved.get(key)?.value) continue;
      for (const notify of listeners) notify();
    }
    this.#options.announcer.changed("settings");
  }

  #resolve(): ReadonlyMap<SettingKey, { readonly value: RawSetting; readonly source: Source }> {
    const { flags, environment } = this.#options;
    return new Map(
      settingKeys().map((key) => {
        const candidates: readonly (readonly [Source, RawSetting | undefined])[] = [
          ["flag", flags[key]],
          ["environment", environment[environmentName(key)]],
          ["managed", this.#managed[key]],
          ["user", this.#user[key]],
        ];
        for (const [source, raw] of candidates) {
          const value = raw === undefined ? undefined : this.#tryParse(key, raw, source);
          if (value !== undefined) return [key, { value, source }];
        }
        return [key, { value: settingDefinition(key).default, source: "default" }];
      }),
    );
  }

  #tryParse(key: SettingKey, raw: RawSetting, source: Source): RawSetting | undefined {
    try {
      return parseSetting(key, raw);
    } catch (error) {
      if (source === "flag") throw error;
      this.#options.logger.warn("setting passed over", { key, source, problem: String(error) });
      return undefined;
    }
  }
}

function settingKeys(): SettingKey[] {
  return Object.keys(SETTING_DEFINITIONS).filter(isSettingKey);
}

function readManaged({ managedFile, logger }: SettingsOptions): Readonly<Record<string, RawSetting>> {
  if (!existsSync(managedFile)) return {};
  try {
    return valuesSchema.parse(JSON.parse(readFileSync(managedFile, "utf8")));
  } catch (error) {
    logger.error("managed settings cannot be read", error, { managedFile });
    return {};
  }
}
