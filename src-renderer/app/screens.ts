import {
  IconAdjustmentsHorizontal,
  IconArchive,
  IconChecklist,
  IconDatabase,
  IconFileSearch,
  IconHeartbeat,
  IconLayoutDashboard,
  IconServer2,
  IconShieldCheck,
  IconUsersGroup,
  type Icon,
} from "@tabler/icons-react";
import type { MessageKey } from "../../src-shared/i18n/catalogue.ts";
import type { Permission } from "../../src-shared/permissions/permissions.ts";
import type { Shortcut } from "../hooks/shortcut.ts";
import type { ScreenName } from "../hooks/workspace-store.ts";

export interface ScreenEntry {
  readonly name: ScreenName;
  readonly icon: Icon;
  readonly label: MessageKey;
  readonly shortcut: Shortcut;
  readonly permission: Permission;
  /** At the foot of the rail: what is always there, not what one works on. */
  readonly foot: boolean;
}

/** The navigation, in its order. A screen that does not exist yet has no entry. */
export const SCREEN_ENTRIES: readonly ScreenEntry[] = [
  {
    name: "overview",
    icon: IconLayoutDashboard,
    label: "app.screen.overview",
    shortcut: "g o",
    permission: "sites.read",
    foot: false,
  },
  {
    name: "explore",
    icon: IconFileSearch,
    label: "app.screen.explore",
    shortcut: "g e",
    permission: "logs.read",
    foot: false,
  },
  {
    name: "health",
    icon: IconHeartbeat,
    label: "app.screen.health",
    shortcut: "g h",
    permission: "health.read",
    foot: false,
  },
  {
    name: "tenants",
    icon: IconUsersGroup,
    label: "app.screen.tenants",
    shortcut: "g t",
    permission: "tenants.read",
    foot: false,
  },
  {
    name: "storage",
    icon: IconDatabase,
    label: "app.screen.storage",
    shortcut: "g b",
    permission: "storage.read",
    foot: false,
  },
  {
    name: "sites",
    icon: IconServer2,
    label: "app.screen.sites",
    shortcut: "g s",
    permission: "sites.read",
    foot: false,
  },
  {
    name: "archives",
    icon: IconArchive,
    label: "app.screen.archives",
    shortcut: "g r",
    permission: "archives.read",
    foot: false,
  },
  { name: "jobs", icon: IconChecklist, label: "app.screen.jobs", shortcut: "g j", permission: "jobs.read", foot: true },
  {
    name: "audit",
    icon: IconShieldCheck,
    label: "app.screen.audit",
    shortcut: "g a",
    permission: "audit.read",
    foot: true,
  },
  {
    name: "settings",
    icon: IconAdjustmentsHorizontal,
    label: "app.screen.settings",
    shortcut: "g p",
    permission: "settings.read",
    foot: true,
  },
];
