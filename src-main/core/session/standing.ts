import type { Permission } from "../../../src-shared/permissions/permissions.ts";
import { PERMISSIONS } from "../../../src-shared/permissions/permissions.ts";
import { decide } from "../../../src-shared/permissions/decide.ts";
import type { Role } from "../../../src-shared/permissions/roles.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Announcer } from "../common/topics.ts";
import type { SettingValues } from "../settings/setting-values.ts";

/**
 * Whether this console is read-only. The setting is the floor: where it says read-only, nobody switches it off from the
 * window; otherwise the switch holds until the program ends.
 */
export class ReadOnlySwitch {
  readonly #settings: SettingValues;
  readonly #announcer: Announcer;
  #switched = false;

  constructor(settings: SettingValues, announcer: Announcer) {
    this.#settings = settings;
    this.#announcer = announcer;
    settings.onChange("safety.readOnly", () => announcer.changed("session"));
  }

  get readOnly(): boolean {
    return this.#switched || this.#settings.get("safety.readOnly");
  }

  set(readOnly: boolean): boolean {
    if (!readOnly && this.#settings.get("safety.readOnly")) {
      throw new AppError("settings.managed", { key: "safety.readOnly", source: "settings" });
    }
    this.#switched = readOnly;
    this.#announcer.changed("session");
    return this.readOnly;
  }
}

/** What a role may do right now, for the window. */
export function grantedPermissions(role: Role, readOnly: boolean): Permission[] {
  return PERMISSIONS.filter((permission) => decide({ role, readOnly }, permission).allowed);
}
