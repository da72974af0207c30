import type { SettingKey, SettingValue } from "./setting-definitions.ts";

/** Settings as other domains read them: always valid, always the one of highest precedence. */
export interface SettingValues {
  get<Key extends SettingKey>(key: Key): SettingValue<Key>;
  /** Called after the value changed; the answer ends it. */
  onChange<Key extends SettingKey>(key: Key, listener: (value: SettingValue<Key>) => void): () => void;
}
