import type { settingsApi } from "../../src-shared/api/settings.api.ts";
import type { SettingsService } from "../core/settings/settings.service.ts";
import type { DomainHandlers } from "./handlers.ts";

export function settingsHandlers(settings: SettingsService, file: string): DomainHandlers<typeof settingsApi> {
  return {
    list: async () => ({ settings: settings.list(), file }),
    set: ({ key, value }) => settings.set(key, value),
    reset: ({ key }) => settings.reset(key),
  };
}
