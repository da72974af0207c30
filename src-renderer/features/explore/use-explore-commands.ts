import { useMemo } from "react";
import { useStore } from "zustand";
import type { Command } from "../../hooks/commands.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import type { ExploreViewStore } from "./explore-view-store.ts";
import type { ExploreSnapshot } from "./session/explore-session.ts";
import type { ExploreActions } from "./use-explore-actions.ts";

interface CommandSurroundings {
  readonly store: ExploreViewStore;
  readonly actions: ExploreActions;
  readonly snapshot: ExploreSnapshot;
  readonly mayNotRead: string | undefined;
  /** New lines come where the query reads. */
  readonly canTail: boolean;
}

/** What the palette and the keys offer in Explore. Keys that move in the list belong to the list. */
export function useExploreCommands(surroundings: CommandSurroundings): void {
  const { store, actions, snapshot, mayNotRead, canTail } = surroundings;
  const t = useTranslate();
  const isEmpty = useStore(store, (state) => state.draft.trim() === "");
  const hasRows = snapshot.view !== null;
  const hasOpened = useStore(store, (state) => state.drawer !== null || state.findInput !== null);
  const isChosen = useStore(store, (state) => state.selection.active >= 0);
  useCommands(
    useMemo<readonly Command[]>(() => {
      const noQuery = mayNotRead ?? (isEmpty ? t("explore.query.empty") : undefined);
      const noRows = hasRows ? undefined : t("explore.command.noRows");
      const noRow = noRows ?? (isChosen ? undefined : t("explore.command.noRow"));
      return [
        {
          id: "explore.run",
          group: "query",
          label: "explore.query.run",
          shortcut: "mod+enter",
          whileTyping: true,
          disabled: noQuery,
          run: actions.run,
        },
        { id: "explore.query", group: "query", label: "explore.query.focus", shortcut: "/", run: actions.focusQuery },
        {
          id: "explore.format",
          group: "query",
          label: "explore.query.format",
          shortcut: "alt+shift+f",
          disabled: noQuery,
          run: actions.format,
        },
        {
          id: "explore.live",
          group: "query",
          label: "explore.command.live",
          shortcut: "l",
          disabled: canTail ? noQuery : t("explore.live.none"),
          run: actions.toggleLive,
        },
        {
          id: "explore.find",
          group: "view",
          label: "explore.find.open",
          shortcut: "mod+f",
          whileTyping: true,
          disabled: noRows,
          run: actions.openFind,
        },
        {
          id: "explore.find.key",
          group: "view",
          label: "explore.find.open",
          shortcut: "f",
          hidden: true,
          disabled: noRows,
          run: actions.openFind,
        },
        {
          id: "explore.wrap",
          group: "view",
          label: "explore.list.wrap",
          shortcut: "w",
          disabled: noRows,
          run: actions.toggleWrap,
        },
        {
          id: "explore.context",
          group: "view",
          label: "explore.context.open",
          shortcut: "c",
          disabled: noRow,
          run: () => actions.openDrawer("context"),
        },
        {
          id: "explore.details",
          group: "view",
          label: "explore.command.details",
          shortcut: "d",
          disabled: noRow,
          run: () => actions.openDrawer("fields"),
        },
        {
          id: "explore.facets",
          group: "view",
          label: "explore.facets.toggle",
          shortcut: "]",
          run: actions.toggleFacets,
        },
        {
          id: "explore.facets.left",
          group: "view",
          label: "explore.facets.toggle",
          shortcut: "[",
          hidden: true,
          run: actions.toggleFacets,
        },
        {
          id: "explore.next",
          group: "view",
          label: "explore.command.next",
          shortcut: "j",
          disabled: noRows,
          run: () => actions.moveByKey("j"),
        },
        {
          id: "explore.previous",
          group: "view",
          label: "explore.command.previous",
          shortcut: "k",
          disabled: noRows,
          run: () => actions.moveByKey("k"),
        },
        ...(hasOpened
          ? [
              {
                id: "explore.close",
                group: "view" as const,
                label: "explore.command.close" as const,
                shortcut: "escape",
                hidden: true,
                run: actions.closeOpened,
              },
            ]
          : []),
      ];
    }, [actions, isEmpty, hasRows, hasOpened, isChosen, mayNotRead, canTail, t]),
  );
}
