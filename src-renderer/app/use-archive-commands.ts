import { useMemo } from "react";
import type { ArchiveOpening } from "../hooks/archive-opening.ts";
import type { Command } from "../hooks/commands.ts";
import { useArchives, useCurrentArchive } from "../hooks/use-archives.ts";
import { useCommands } from "../hooks/use-commands.ts";
import { useExploreArchive } from "../hooks/use-explore-archive.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";

/** What the palette and the keys offer of archives, wherever one is. */
export function useArchiveCommands({ choose, hasFolderDialog, forbidden }: ArchiveOpening): void {
  const { data: archives } = useArchives();
  const current = useCurrentArchive();
  const explore = useExploreArchive();
  const leaveArchive = useWorkspace((state) => state.leaveArchive);
  useCommands(
    useMemo(() => {
      const open: Command = {
        id: "archives.open",
        group: "archives",
        label: "archives.openFiles",
        shortcut: "mod+o",
        whileTyping: true,
        disabled: forbidden,
        run: () => choose("files"),
      };
      const openFolder: Command = {
        id: "archives.openFolder",
        group: "archives",
        label: "archives.openFolder",
        shortcut: "mod+shift+o",
        whileTyping: true,
        disabled: forbidden,
        run: () => choose("folder"),
      };
      const leave: Command = {
        id: "archives.leave",
        group: "archives",
        label: "app.archive.leave",
        run: leaveArchive,
      };
      return [
        open,
        ...(hasFolderDialog ? [openFolder] : []),
        ...(current.id === null ? [] : [leave]),
        ...(archives ?? []).map((archive): Command => ({
          id: `archive.${archive.id}`,
          group: "archives",
          label: { text: archive.title },
          detail: archive.path,
          run: () => void explore(archive),
        })),
      ];
    }, [archives, current.id, explore, leaveArchive, choose, hasFolderDialog, forbidden]),
  );
}
