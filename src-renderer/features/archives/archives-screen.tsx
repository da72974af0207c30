import { useState, type ReactElement } from "react";
import { Screen } from "../../components/screen.tsx";
import { FailedView, LoadingView } from "../../components/state-views.tsx";
import { useArchives } from "../../hooks/use-archives.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { ArchiveDrawer } from "./archive-drawer.tsx";
import { ArchiveList } from "./archive-list.tsx";
import { ArchivesEmpty } from "./archives-empty.tsx";
import { OpenButtons, OpenByPath } from "./open-bar.tsx";

/** Logs on disk: what is open, where it came from, what is wrong with it, and how more is opened. */
export function ArchivesScreen(): ReactElement {
  const t = useTranslate();
  const { data: archives, error, loading, retry } = useArchives();
  const current = useWorkspace((state) => (state.source.kind === "archive" ? state.source.archive : null));
  const [selected, setSelected] = useState<string | null>(current);
  const open = archives?.find((one) => one.id === selected);
  const empty = archives !== undefined && archives.length === 0;

  return (
    <Screen
      actions={empty ? undefined : <OpenButtons />}
      aside={archives === undefined ? undefined : t("archives.count", { count: archives.length })}
      drawer={
        open === undefined ? undefined : (
          <ArchiveDrawer archive={open} key={open.id} onClose={() => setSelected(null)} />
        )
      }
      title={t("app.screen.archives")}
    >
      {empty ? null : <OpenByPath />}
      {loading ? <LoadingView rowHeight={56} rows={4} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("archives.failed")} />}
      {empty ? <ArchivesEmpty /> : null}
      {archives === undefined || empty ? null : (
        <ArchiveList
          archives={archives}
          current={current}
          onSelect={(id) => setSelected(id === selected ? null : id)}
          selected={selected}
        />
      )}
    </Screen>
  );
}
