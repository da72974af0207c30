import { LogsService, type LogsServiceOptions } from "../../src-main/core/logs/logs.service.ts";
import type { LogSource } from "../../src-main/core/logs/log-source.ts";
import {
  SETTING_DEFINITIONS,
  type SettingKey,
  type SettingValue,
} from "../../src-main/core/settings/setting-definitions.ts";
import type { SettingValues } from "../../src-main/core/settings/setting-values.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { admitFreely } from "../../src-main/core/logs/query-admission.ts";
import { workerSource } from "./worker-source.ts";

/** Settings at their defaults but for some. */
export function fixedSettings(values: Partial<Record<SettingKey, unknown>> = {}): SettingValues {
  return {
    // A default, or what the test says in its place, has the type of its key.
    get: <Key extends SettingKey>(key: Key) => (values[key] ?? SETTING_DEFINITIONS[key].default) as SettingValue<Key>,
    onChange: () => () => {},
  };
}

/** A logs service with real worker threads over one source, in a folder of the test's. */
export async function logsService(
  profileDirectory: string,
  source: LogSource,
  options: Partial<LogsServiceOptions> = {},
): Promise<LogsService> {
  return await LogsService.open({
    settings: fixedSettings(),
    clock: systemClock,
    logger: new RecordingLogger(),
    profileDirectory,
    locateWorker: workerSource,
    openSource: () => Promise.resolve(source),
    admit: admitFreely,
    listPods: () => Promise.resolve([]),
    ...options,
  });
}
