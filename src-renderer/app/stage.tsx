import { lazy, Suspense, type ReactElement, type ReactNode } from "react";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import { IconLock } from "@tabler/icons-react";
import { EmptyView, LoadingView } from "../components/state-views.tsx";
import { useWorkspace, type ScreenName } from "../hooks/workspace-store.ts";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { SCREEN_ENTRIES } from "./screens.ts";
import styles from "./stage.module.css";

const LOADERS: Readonly<Record<ScreenName, () => Promise<() => ReactElement>>> = {
  explore: async () => (await import("../features/explore/explore-screen.tsx")).ExploreScreen,
  overview: async () => (await import("../features/overview/overview-screen.tsx")).OverviewScreen,
  health: async () => (await import("../features/health/health-screen.tsx")).HealthScreen,
  tenants: async () => (await import("../features/tenants/tenants-screen.tsx")).TenantsScreen,
  storage: async () => (await import("../features/storage/storage-screen.tsx")).StorageScreen,
  sites: async () => (await import("../features/sites/sites-screen.tsx")).SitesScreen,
  archives: async () => (await import("../features/archives/archives-screen.tsx")).ArchivesScreen,
  jobs: async () => (await import("../features/jobs/jobs-screen.tsx")).JobsScreen,
  audit: async () => (await import("../features/audit/audit-screen.tsx")).AuditScreen,
  settings: async () => (await import("../features/settings/settings-screen.tsx")).SettingsScreen,
};

const SCREENS: Readonly<Record<ScreenName, () => ReactElement>> = {
  explore: lazyScreen("explore"),
  overview: lazyScreen("overview"),
  health: lazyScreen("health"),
  tenants: lazyScreen("tenants"),
  storage: lazyScreen("storage"),
  sites: lazyScreen("sites"),
  archives: lazyScreen("archives"),
  jobs: lazyScreen("jobs"),
  audit: lazyScreen("audit"),
  settings: lazyScreen("settings"),
};

function lazyScreen(screen: ScreenName): () => ReactElement {
  const Screen = lazy(async () => ({ default: await LOADERS[screen]() }));
  return () => <Screen />;
}

/** Fetches a screen's code while the page is still connecting. A failure is told when the screen is shown. */
export function preloadScreen(screen: ScreenName): void {
  LOADERS[screen]().catch(() => {});
}

/** The one screen that is open. A bug in it leaves the bars and the other screens alone. */
export function Stage(): ReactElement {
  const screen = useWorkspace((state) => state.screen);
  const Screen = SCREENS[screen];
  return (
    <main className={styles.stage} id="stage" tabIndex={-1}>
      <ErrorBoundary key={screen}>
        <Suspense fallback={<LoadingView rows={8} />}>
          <Allowed screen={screen}>
            <Screen />
          </Allowed>
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}

/** A screen that the role may not use says so instead of failing call by call. */
function Allowed({ screen, children }: { readonly screen: ScreenName; readonly children: ReactNode }): ReactNode {
  const t = useTranslate();
  const permission = SCREEN_ENTRIES.find((entry) => entry.name === screen)?.permission ?? "sites.read";
  const forbidden = useForbidden(permission);
  if (forbidden === undefined) return children;
  return <EmptyView icon={IconLock} text={forbidden} title={t("app.forbidden.title")} />;
}
