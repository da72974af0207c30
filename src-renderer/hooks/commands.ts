import { createContext } from "react";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { MessageKey } from "../../src-shared/i18n/catalogue.ts";
import type { Shortcut } from "./shortcut.ts";

export const COMMAND_GROUPS = ["query", "go", "sites", "tenants", "archives", "jobs", "view", "help"] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** Something a person can do, by the palette or by keys. Its name is a text's key, or text that is data (a site's name). */
export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  readonly label: MessageKey | { readonly text: string };
  /** Data beside the name: a site's origin, a query's tenant. */
  readonly detail?: string;
  readonly shortcut?: Shortcut;
  /** Also while the caret is in a field or an editor. Only for shortcuts with Ctrl, ⌘ or Alt, and Escape. */
  readonly whileTyping?: boolean;
  /** Why it cannot run now, already translated. A disabled command is shown with its reason. */
  readonly disabled?: string | undefined;
  /** Left out of the palette: it has a shortcut only (say, "next match"). */
  readonly hidden?: boolean;
  readonly run: () => void;
}

export interface CommandRegistry {
  /** By owner, so that a screen that goes away takes its commands with it. */
  readonly byOwner: ReadonlyMap<string, readonly Command[]>;
  readonly register: (owner: string, commands: readonly Command[]) => void;
  readonly unregister: (owner: string) => void;
}

export type CommandStore = StoreApi<CommandRegistry>;

export function createCommandStore(): CommandStore {
  return createStore<CommandRegistry>((set) => ({
    byOwner: new Map(),
    register: (owner, commands) => set((state) => ({ byOwner: new Map(state.byOwner).set(owner, commands) })),
    unregister: (owner) =>
      set((state) => {
        const byOwner = new Map(state.byOwner);
        byOwner.delete(owner);
        return { byOwner };
      }),
  }));
}

/** All commands, the youngest owner's first: a screen's shortcut wins over the frame's. */
export function allCommands(registry: CommandRegistry): Command[] {
  return [...registry.byOwner.values()].toReversed().flat();
}

export const CommandContext = createContext<CommandStore | null>(null);
