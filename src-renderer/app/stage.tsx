import { lazy, Suspense, type ReactElement } from "react";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import { LoadingView } from "../components/state-views.tsx";
import { useWorkspace, type ScreenName } from "../hooks/workspace-store.ts";
import styles from "./stage.module.css";

const SCREENS: Readonly<Record<ScreenName, () => ReactElement>> = {
  explore: lazyScreen(async () => (await import("../features/explore/explore-screen.tsx")).ExploreScreen),
  overview: lazyScreen(async () => (await import("../features/overview/overview-screen.tsx")).OverviewScreen),
  sites: lazyScreen(async () => (await import("../features/sites/sites-screen.tsx")).SitesScreen),
  jobs: lazyScreen(async () => (await import("../features/jobs/jobs-screen.tsx")).JobsScreen),
  audit: lazyScreen(async () => (await import("../features/audit/audit-screen.tsx")).AuditScreen),
  settings: lazyScreen(async () => (await import("../features/settings/settings-screen.tsx")).SettingsScreen),
};

function lazyScreen(load: () => Promise<() => ReactElement>): () => ReactElement {
  const Screen = lazy(async () => ({ default: await load() }));
  return () => <Screen />;
}

/** The one screen that is open. A bug in it leaves the bars and the other screens alone. */
export function Stage(): ReactElement {
  const screen = useWorkspace((state) => state.screen);
  const Screen = SCREENS[screen];
  return (
    <main className={styles.stage} id="stage" tabIndex={-1}>
      <ErrorBoundary key={screen}>
        <Suspense fallback={<LoadingView rows={8} />}>
          <Screen />
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}
