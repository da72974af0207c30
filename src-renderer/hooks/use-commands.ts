import { useContext, useEffect, useId } from "react";
import { CommandContext, type Command, type CommandStore } from "./commands.ts";

export function useCommandStore(): CommandStore {
  const store = useContext(CommandContext);
  if (store === null) throw new Error("no command registry around this component");
  return store;
}

/**
 * Offers commands while the component is shown: in the palette, by their shortcuts, in the help overlay. Give a list that
 * keeps its identity (`useMemo`) until something in it changes.
 */
export function useCommands(commands: readonly Command[]): void {
  const store = useCommandStore();
  const owner = useId();
  useEffect(() => {
    store.getState().register(owner, commands);
  }, [store, owner, commands]);
  useEffect(() => () => store.getState().unregister(owner), [store, owner]);
}
