import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from "react";
import { useQueryClient } from "@tanstack/react-query";
import type { DialogKind } from "../../src-shared/api/desktop-bridge.ts";
import { OpeningSession } from "../features/archives/opening/opening-session.ts";
import { ArchiveOpeningContext, type ArchiveOpening } from "../hooks/archive-opening.ts";
import { desktopBridge } from "../hooks/desktop-bridge.ts";
import { useExploreArchive } from "../hooks/use-explore-archive.ts";
import { useNotice } from "../hooks/use-notice.tsx";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useRpc } from "../rpc/rpc-context.tsx";
import { DropZone } from "./drop-zone.tsx";
import { useArchiveCommands } from "./use-archive-commands.ts";

const OpeningDialog = lazy(async () => ({
  default: (await import("../features/archives/opening/opening-dialog.tsx")).OpeningDialog,
}));

/** Opens logs on disk for everything inside, and shows over it how that goes. What was opened is shown in Explore. */
export function ArchiveOpeningProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const t = useTranslate();
  const { api } = useRpc();
  const tell = useNotice();
  const queries = useQueryClient();
  const explore = useExploreArchive();
  const forbidden = useForbidden("archives.open");
  const picker = useRef<HTMLInputElement>(null);

  const session = useMemo(
    () =>
      new OpeningSession({
        client: api.archives,
        onOpened: (archive) => {
          void queries.invalidateQueries({ queryKey: ["archives"] });
          void explore(archive, { fresh: true });
        },
      }),
    [api, queries, explore],
  );
  useEffect(() => () => session[Symbol.dispose](), [session]);
  const snapshot = useSyncExternalStore(
    useCallback((listener: () => void) => session.subscribe(listener), [session]),
    () => session.snapshot,
  );

  const opening = useMemo<ArchiveOpening>(() => {
    const bridge = desktopBridge();
    const refused = (): boolean => {
      if (forbidden !== undefined) tell("warning", forbidden);
      return forbidden !== undefined;
    };
    const openPaths = (paths: readonly string[]): void => {
      if (!refused()) void session.openPaths(paths);
    };
    return {
      openPaths,
      confirmPaths: (paths) => {
        if (!refused()) session.confirmPaths(paths);
      },
      openFiles: (files) => {
        if (refused()) return;
        const paths = files.map((file) => bridge?.pathForFile(file) ?? "");
        if (paths.every((path) => path !== "")) void session.openPaths(paths);
        else void session.uploadAndOpen(files);
      },
      choose: (kind: DialogKind) => {
        if (refused()) return;
        if (bridge === null) picker.current?.click();
        else {
          void bridge.openArchiveDialog(kind).then(openPaths, () => tell("error", t("archives.open.noDialog")));
        }
      },
      hasFolderDialog: bridge !== null,
      forbidden,
    };
  }, [session, forbidden, tell, t]);
  useArchiveCommands(opening);

  return (
    <ArchiveOpeningContext value={opening}>
      {children}
      <input
        aria-hidden
        className="visually-hidden"
        multiple
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // The same files again are a choice too.
          event.currentTarget.value = "";
          opening.openFiles(files);
        }}
        ref={picker}
        tabIndex={-1}
        type="file"
      />
      <DropZone onFiles={opening.openFiles} onFolders={() => tell("warning", t("archives.drop.folder"))} />
      {snapshot.phase === "idle" ? null : (
        <Suspense>
          <OpeningDialog session={session} snapshot={snapshot} />
        </Suspense>
      )}
    </ArchiveOpeningContext>
  );
}
