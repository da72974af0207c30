import { useMemo } from "react";
import type { Permission } from "../../src-shared/permissions/permissions.ts";
import type { Command } from "../hooks/commands.ts";
import type { TimeZoneChoice } from "../hooks/formats.ts";
import { LANGUAGES, THEMES, usePreferences } from "../hooks/preferences.ts";
import { useAnswer } from "../hooks/use-answer.ts";
import { useCommands } from "../hooks/use-commands.ts";
import { useForbidden, useStanding } from "../hooks/use-permission.ts";
import { useTenants } from "../hooks/use-sites.ts";
import { HEALTH_TABS, STORAGE_TABS, TENANTS_TABS, useWorkspace } from "../hooks/workspace-store.ts";
import { SCREEN_ENTRIES } from "./screens.ts";

export interface FrameActions {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
  readonly openPicker: (picker: "site" | "tenant") => void;
  readonly copyLink: () => void;
  readonly setReadOnly: (readOnly: boolean) => void;
}

function useScreenCommands(): void {
  const show = useWorkspace((state) => state.show);
  const noLogs = useForbidden("logs.read");
  const noAudit = useForbidden("audit.read");
  const noArchives = useForbidden("archives.read");
  const noHealth = useForbidden("health.read");
  const noTenants = useForbidden("tenants.read");
  const noStorage = useForbidden("storage.read");
  useCommands(
    useMemo(() => {
      const reasons: Partial<Record<Permission, string | undefined>> = {
        "logs.read": noLogs,
        "audit.read": noAudit,
        "archives.read": noArchives,
        "health.read": noHealth,
        "tenants.read": noTenants,
        "storage.read": noStorage,
      };
      return SCREEN_ENTRIES.map((entry) => ({
        id: `go.${entry.name}`,
        group: "go",
        label: entry.label,
        shortcut: entry.shortcut,
        disabled: reasons[entry.permission],
        run: () => show(entry.name),
      }));
    }, [show, noLogs, noAudit, noArchives, noHealth, noTenants, noStorage]),
  );
}

function useHealthCommands(): void {
  const showHealth = useWorkspace((state) => state.showHealth);
  const noHealth = useForbidden("health.read");
  useCommands(
    useMemo(
      () =>
        HEALTH_TABS.map((tab): Command => ({
          id: `go.health.${tab}`,
          group: "go",
          label: `health.command.${tab}`,
          disabled: noHealth,
          run: () => showHealth({ tab }),
        })),
      [showHealth, noHealth],
    ),
  );
}

function useTenantsCommands(): void {
  const showTenants = useWorkspace((state) => state.showTenants);
  const noTenants = useForbidden("tenants.read");
  useCommands(
    useMemo(
      () =>
        TENANTS_TABS.map((tab): Command => ({
          id: `go.tenants.${tab}`,
          group: "go",
          label: `limits.command.${tab}`,
          disabled: noTenants,
          run: () => showTenants({ tab }),
        })),
      [showTenants, noTenants],
    ),
  );
}

function useStorageCommands(): void {
  const showStorage = useWorkspace((state) => state.showStorage);
  const noStorage = useForbidden("storage.read");
  useCommands(
    useMemo(
      () =>
        STORAGE_TABS.map((tab): Command => ({
          id: `go.storage.${tab}`,
          group: "go",
          label: `storage.command.${tab}`,
          disabled: noStorage,
          run: () => showStorage({ tab }),
        })),
      [showStorage, noStorage],
    ),
  );
}

function useSiteCommands(): void {
  const { data } = useAnswer("sites", "list", undefined);
  const site = useWorkspace((state) => state.site);
  const inArchive = useWorkspace((state) => state.source.kind === "archive");
  const { data: known } = useTenants(inArchive ? null : site);
  const chooseSite = useWorkspace((state) => state.chooseSite);
  const chooseTenant = useWorkspace((state) => state.chooseTenant);
  useCommands(
    useMemo(
      () => [
        ...(data?.sites ?? [])
          .filter((one) => one.id !== site || inArchive)
          .map((one): Command => ({
            id: `site.${one.id}`,
            group: "sites",
            label: { text: one.name },
            detail: one.origin,
            run: () => chooseSite(one.id),
          })),
        ...(known?.tenants ?? []).map(({ tenant }): Command => ({
          id: `tenant.${tenant}`,
          group: "tenants",
          label: { text: tenant },
          run: () => chooseTenant(tenant),
        })),
      ],
      [data, site, inArchive, known, chooseSite, chooseTenant],
    ),
  );
}

function zoneCommand(timeZone: TimeZoneChoice, setTimeZone: (timeZone: TimeZoneChoice) => void): Command {
  return {
    id: "zone.switch",
    group: "view",
    label: timeZone === "utc" ? "app.command.zone.local" : "app.command.zone.utc",
    shortcut: "mod+shift+u",
    whileTyping: true,
    run: () => setTimeZone(timeZone === "utc" ? "local" : "utc"),
  };
}

function useLookCommands(): void {
  const { theme, language, timeZone, setTheme, setLanguage, setTimeZone } = usePreferences();
  useCommands(
    useMemo(
      () => [
        ...THEMES.filter((one) => one !== theme).map((one): Command => ({
          id: `theme.${one}`,
          group: "view",
          label: `app.command.theme.${one}`,
          run: () => setTheme(one),
        })),
        ...LANGUAGES.filter((one) => one !== language).map((one): Command => ({
          id: `language.${one}`,
          group: "view",
          label: `app.command.language.${one}`,
          run: () => setLanguage(one),
        })),
        zoneCommand(timeZone, setTimeZone),
      ],
      [theme, language, timeZone, setTheme, setLanguage, setTimeZone],
    ),
  );
}

/** What can be done from everywhere. The first to register: a screen's own shortcuts win over these. */
export function useFrameCommands(actions: FrameActions): void {
  const { readOnly } = useStanding();
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        {
          id: "palette",
          group: "help",
          label: "app.palette.label",
          shortcut: "mod+k",
          whileTyping: true,
          hidden: true,
          run: actions.openPalette,
        },
        { id: "help", group: "help", label: "app.help.title", shortcut: "?", run: actions.openHelp },
        {
          id: "pick.site",
          group: "sites",
          label: "app.site.choose",
          shortcut: "p s",
          run: () => actions.openPicker("site"),
        },
        {
          id: "pick.tenant",
          group: "tenants",
          label: "app.tenant.choose",
          shortcut: "p t",
          run: () => actions.openPicker("tenant"),
        },
        {
          id: "copy.link",
          group: "query",
          label: "app.copyLink",
          shortcut: "mod+shift+c",
          whileTyping: true,
          run: actions.copyLink,
        },
        {
          id: "read-only",
          group: "view",
          label: readOnly ? "app.command.readOnly.off" : "app.command.readOnly.on",
          shortcut: "mod+shift+l",
          whileTyping: true,
          run: () => actions.setReadOnly(!readOnly),
        },
      ],
      [actions, readOnly],
    ),
  );
  useScreenCommands();
  useHealthCommands();
  useTenantsCommands();
  useStorageCommands();
  useSiteCommands();
  useLookCommands();
}
