import { join } from "node:path";
import { AuditLog } from "./audit/audit-log.ts";
import type { Clock } from "./common/clock.ts";
import { openProfile, type ProfileDirectory } from "./common/profile.ts";
import { openLogFile } from "./logging/log-file.ts";
import { createPinoLogger, type ConsoleLogger } from "./logging/pino-logger.ts";
import { createKeyFileVault } from "./secrets/key-file-vault.ts";
import { MemorySecretStore } from "./secrets/memory-secret-store.ts";
import { SealedSecretStore } from "./secrets/sealed-secret-store.ts";
import type { SecretStore } from "./secrets/secret-store.ts";
import type { SecretVault } from "./secrets/secret-vault.ts";
import { Announcements } from "./session/announcements.ts";
import type { RawSetting } from "./settings/setting-parse.ts";
import { SettingsService } from "./settings/settings.service.ts";

export interface ConsoleBaseOptions {
  readonly profileRoot: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, RawSetting>>;
  readonly clock: Clock;
  /** The desktop's keychain; `null` where there is none, with the reason a person reads. */
  readonly vault: SecretVault | null;
  readonly noVaultReason: string;
}

/** What the window and every command stand on: one profile's settings, secrets, audit log and log file. */
export interface ConsoleBase extends Disposable {
  readonly clock: Clock;
  readonly profile: ProfileDirectory;
  readonly logger: ConsoleLogger;
  readonly announcements: Announcements;
  readonly settings: SettingsService;
  readonly settingsFile: string;
  readonly secrets: SecretStore;
  readonly audit: AuditLog;
}

const MANAGED_SETTINGS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "/Library/Application Support/kubemate/settings.json",
  win32: join(process.env["ProgramData"] ?? "C:\\ProgramData", "kubemate", "settings.json"),
};

/** Opens the base over a profile. Throws the `AppError` of whatever part cannot be opened. */
export function openConsoleBase(options: ConsoleBaseOptions): ConsoleBase {
  const { clock, environment } = options;
  const profile = openProfile(options.profileRoot);
  const logger = createPinoLogger(openLogFile(profile.logs), "info");
  const announcements = new Announcements(clock);
  const settingsFile = profile.file("settings.json");
  const settings = new SettingsService({
    file: settingsFile,
    managedFile:
      environment["KUBEMATE_MANAGED_SETTINGS"] ?? MANAGED_SETTINGS[process.platform] ?? "/etc/kubemate/settings.json",
    flags: options.flags,
    environment,
    announcer: announcements,
    logger: logger.child("settings"),
    clock,
  });
  logger.setLevel(settings.get("diagnostics.logLevel"));
  settings.onChange("diagnostics.logLevel", (level) => logger.setLevel(level));
  const audit = new AuditLog(profile.file("audit.db"), clock, announcements);
  const secrets = openSecrets(options, profile, logger);
  return {
    clock,
    profile,
    logger,
    announcements,
    settings,
    settingsFile,
    secrets,
    audit,
    [Symbol.dispose]: () => audit[Symbol.dispose](),
  };
}

function openSecrets(options: ConsoleBaseOptions, profile: ProfileDirectory, logger: ConsoleLogger): SecretStore {
  const keyFile = options.environment["KUBEMATE_SECRET_KEY_FILE"];
  const vault = options.vault ?? (keyFile === undefined || keyFile === "" ? null : createKeyFileVault(keyFile));
  if (vault === null) return new MemorySecretStore(options.noVaultReason, options.clock);
  return new SealedSecretStore(profile.file("secrets.json"), vault, options.clock, logger.child("secrets"));
}
