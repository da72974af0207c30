import { createSpotlight, type SpotlightStore } from "@mantine/spotlight";
import { useCallback, useContext, useMemo, useState, type ReactElement } from "react";
import type { Notice } from "../../src-shared/api/session.api.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { errorText } from "../components/error-text.ts";
import { useArchiveOpening } from "../hooks/archive-opening.ts";
import { useChange } from "../hooks/use-answer.ts";
import { useCommandStore } from "../hooks/use-commands.ts";
import { useJobsFeed } from "../hooks/use-jobs.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { useFailureNotice, useNotice } from "../hooks/use-notice.tsx";
import { useForbidden } from "../hooks/use-permission.ts";
import { useShortcutKeys } from "../hooks/use-shortcut-keys.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { WorkspaceContext } from "../hooks/workspace-store.ts";
import type { ConnectionState } from "../rpc/connection-state.ts";
import { CommandPalette } from "./command-palette.tsx";
import { LostBanner } from "./connection-views.tsx";
import styles from "./frame.module.css";
import { HelpOverlay } from "./help-overlay.tsx";
import { NavRail } from "./nav-rail.tsx";
import { Stage } from "./stage.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TopBar, type OpenPicker } from "./top-bar.tsx";
import { useFrameCommands } from "./use-frame-commands.ts";
import { useArchiveChoice } from "./use-archive-choice.ts";
import { useSessionEvents } from "./use-session-events.ts";
import { useSiteChoice } from "./use-site-choice.ts";
import { noticedPath, noticeText } from "./notice-text.ts";
import { openLink, useWorkspaceUrl } from "./use-workspace-url.ts";
import { parseWorkspaceLink, permalink, type ParsedLink } from "./workspace-url.ts";

interface FrameProps {
  readonly connection: ConnectionState;
  readonly shell: "desktop" | "browser";
  readonly version: string;
}

/** Three fixed bars and one stage. */
export function Frame({ connection, shell, version }: FrameProps): ReactElement {
  const t = useTranslate();
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error("no workspace around the frame");
  const [[spotlight, palette]] = useState<[SpotlightStore, { open: () => void }]>(() => {
    const [store, actions] = createSpotlight();
    return [store, { open: actions.open }];
  });
  const [helpOpened, setHelpOpened] = useState(false);
  const [picker, setPicker] = useState<OpenPicker>(null);
  const setReadOnly = useChange("session", "setReadOnly");
  const noJobs = useForbidden("jobs.read");

  const tell = useNotice();
  useFailureNotice(setReadOnly.error);
  const { confirmPaths, openPaths } = useArchiveOpening();
  const formats = useFormats();
  const onNotice = useCallback(
    (notice: Notice) => {
      const path = noticedPath(notice);
      const action = path === null ? undefined : { label: t("app.job.open"), run: () => openPaths([path]) };
      tell(notice.severity, noticeText(t, formats, notice), action);
    },
    [tell, t, formats, openPaths],
  );
  const onError = useCallback((error: WireError) => tell("error", errorText(t, error)), [tell, t]);
  const onParsed = useCallback(
    ({ ignored, paths }: ParsedLink) => {
      if (ignored.length > 0) tell("warning", t("app.link.ignored", { parts: ignored.join(", ") }));
      if (paths.length > 0) confirmPaths(paths);
    },
    [tell, t, confirmPaths],
  );
  const onLink = useCallback(
    (url: string) => {
      const link = parseWorkspaceLink(url);
      onParsed(link);
      openLink(workspace, link);
    },
    [workspace, onParsed],
  );

  const actions = useMemo(
    () => ({
      openPalette: palette.open,
      openHelp: () => setHelpOpened(true),
      openPicker: setPicker,
      copyLink: () => {
        const link = permalink(workspace.getState(), shell, window.location.href, Date.now());
        void navigator.clipboard.writeText(link).then(
          () => tell("info", t("app.link.copied")),
          () => tell("error", t("app.copyRefused")),
        );
      },
      setReadOnly: (readOnly: boolean) => setReadOnly.fire({ readOnly }),
    }),
    [palette, workspace, shell, tell, t, setReadOnly],
  );

  useFrameCommands(actions);
  useShortcutKeys(useCommandStore());
  useWorkspaceUrl(workspace, onParsed);
  useSiteChoice();
  useArchiveChoice();
  useSessionEvents({ onNotice, onLink, onError });
  useJobsFeed(noJobs === undefined, onError);

  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#stage" onClick={(event) => skipToStage(event)}>
        {t("app.skipToStage")}
      </a>
      <TopBar onCopyLink={actions.copyLink} onPalette={actions.openPalette} onPicker={setPicker} picker={picker} />
      {connection.state === "lost" ? <LostBanner error={connection.error} /> : null}
      <NavRail />
      <Stage />
      <StatusBar connection={connection.state} version={version} />
      <CommandPalette store={spotlight} />
      <HelpOverlay onClose={() => setHelpOpened(false)} opened={helpOpened} />
    </div>
  );
}

/** The hash is the workspace's: the jump is made by hand. */
function skipToStage(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById("stage")?.focus();
}
