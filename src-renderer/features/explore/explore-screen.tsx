import { useMemo, useRef, useState, type ReactElement } from "react";
import { useStore } from "zustand";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { useRpc } from "../../rpc/rpc-context.tsx";
import { CapsuleDialog } from "./capsule/capsule-dialog.tsx";
import { CapsuleMenu } from "./capsule/capsule-menu.tsx";
import { createCapsuleTray, SESSION_STORAGE } from "./capsule/capsule-tray.ts";
import { CostGuard } from "./cost/cost-guard.tsx";
import { useEstimate } from "./cost/use-estimate.ts";
import { ExportDialog } from "./export/export-dialog.tsx";
import { createExploreViewStore } from "./explore-view-store.ts";
import styles from "./explore.module.css";
import { QuotaDialog } from "./quota/quota-dialog.tsx";
import { useQuotaRefusal } from "./quota/use-quota-refusal.ts";
import { QueryBar, type QueryBarHandle } from "./query/query-bar.tsx";
import { queryFailure } from "./query/query-diagnostics.ts";
import { ResultStage } from "./result-stage.tsx";
import type { LogListHandle } from "./rows/log-list.tsx";
import { targetOf } from "./session/run-plan.ts";
import { traitsOf } from "./session/source-traits.ts";
import { useExploreSession } from "./session/use-explore-session.ts";
import { useReadFailure } from "./session/use-result-set.ts";
import { useExploreActions } from "./use-explore-actions.ts";
import { useExploreCommands } from "./use-explore-commands.ts";
import { useExploreExports } from "./use-explore-exports.ts";
import { useDefaultLimit } from "./use-default-limit.ts";
import { useDraftFollowsWorkspace } from "./use-draft.ts";
import { useTailStatus } from "./use-tail-status.ts";
import { useVolume } from "./volume/use-volume.ts";
import { VolumeHistogram } from "./volume/volume-histogram.tsx";

/** Ask, look, narrow: the query above, its volume over time, its rows, and what is known of them. */
export function ExploreScreen(): ReactElement {
  const t = useTranslate();
  const { api } = useRpc();
  const workspaceQuery = useWorkspace((state) => state.query);
  const [store] = useState(() => createExploreViewStore(workspaceQuery));
  const [tray] = useState(() => createCapsuleTray(SESSION_STORAGE));
  const draft = useStore(store, (state) => state.draft);
  const limit = useStore(store, (state) => state.limit);
  useDraftFollowsWorkspace(store);

  const site = useWorkspace((state) => state.site);
  const tenant = useWorkspace((state) => state.tenant);
  const source = useWorkspace((state) => state.source);
  const range = useWorkspace((state) => state.range);
  const live = useWorkspace((state) => state.live);
  const target = useMemo(() => targetOf({ site, tenant, source }), [site, tenant, source]);
  const traits = traitsOf(target);
  const mayNotRead = useForbidden("logs.read");

  const estimate = useEstimate(api.logs, target, range, draft, draft.trim() !== "" && !live);
  const defaultLimit = useDefaultLimit();
  const { session, snapshot } = useExploreSession({
    limit: limit === undefined ? defaultLimit : limit,
    knownEstimate: estimate.known,
    onStart: (isTail) =>
      store.setState({ selection: { active: -1, origin: -1 }, follow: isTail, seenRows: 0, drawer: null }),
  });
  const shownView = snapshot.filtered?.view ?? snapshot.view;
  const readFailure = useReadFailure(snapshot.view);
  useTailStatus(snapshot.live ? snapshot.view : null, store);

  const query = useRef<QueryBarHandle>(null);
  const list = useRef<LogListHandle>(null);
  const actions = useExploreActions({ store, list, query });
  useExploreCommands({ store, actions, snapshot, mayNotRead, canTail: traits.tail });
  const exports = useExploreExports({ snapshot, view: shownView, store, tray, target, range });

  const volume = useVolume(
    api.logs,
    snapshot.plan?.kind === "logs" && snapshot.phase === "open" ? snapshot.plan : null,
    shownView,
    snapshot.live || snapshot.filtered !== null,
  );
  const runError = snapshot.error ?? readFailure;
  const refused = useQuotaRefusal(runError, snapshot.live);
  const failedQuery = snapshot.plan?.query ?? "";
  const failure = useMemo(() => queryFailure(failedQuery, runError), [failedQuery, runError]);
  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">{t("explore.title")}</h1>
      <QueryBar
        aside={
          <CapsuleMenu
            mayNotAdd={exports.mayNotAdd}
            onAdd={exports.addToCapsule}
            onMake={exports.openCapsule}
            tray={tray}
          />
        }
        client={api.logs}
        defaultLimit={defaultLimit}
        draft={draft}
        estimate={estimate}
        failure={failure}
        handle={query}
        limit={limit}
        live={live}
        liveForbidden={live ? undefined : (mayNotRead ?? (draft.trim() === "" ? t("explore.query.empty") : undefined))}
        traits={traits}
        onDraft={actions.setDraft}
        onLimit={(next) => store.setState({ limit: next })}
        onLive={actions.toggleLive}
        onRun={actions.run}
        target={target}
      />
      {snapshot.phase === "confirm" && snapshot.estimate !== null ? (
        <CostGuard
          estimate={snapshot.estimate}
          onCancel={() => {
            session.dismiss();
            query.current?.focus();
          }}
          onNarrow={actions.narrow}
          onRunAnyway={() => void session.runAnyway()}
        />
      ) : null}
      {runError === null || refused.opened !== null ? null : (
        <div className={styles.failure}>
          <ErrorPanel
            actions={
              refused.refusal === null ? undefined : (
                <Button compact onClick={refused.open}>
                  {t("usage.refusal.again")}
                </Button>
              )
            }
            error={runError}
            onRetry={actions.run}
            title={t("explore.failed.title")}
          />
        </div>
      )}
      {snapshot.view === null || (readFailure !== null && snapshot.view.snapshot.state.rows === 0) ? null : (
        <VolumeHistogram {...volume} onZoom={(zoomed) => actions.zoom(zoomed)} />
      )}
      <ResultStage
        actions={actions}
        client={api.logs}
        exports={exports}
        list={list}
        session={session}
        snapshot={snapshot}
        store={store}
        view={shownView}
      />
      <QuotaDialog
        onCancel={() => {
          refused.dismiss();
          query.current?.focus();
        }}
        onRun={(spending) => {
          refused.dismiss();
          query.current?.focus();
          void session.runWithReason(spending);
        }}
        refusal={refused.opened}
      />
      <ExportDialog onClose={exports.closeExport} subject={exports.subject} />
      <CapsuleDialog onClose={exports.closeCapsule} opened={exports.capsuleOpened} tray={tray} />
    </div>
  );
}
