import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";

/** What a command's action is given. `args` are its positional arguments, in order. */
export interface Invocation<Options> {
  readonly context: CommandContext;
  readonly options: Options;
  readonly args: readonly string[];
}

/**
 * Wraps an action for commander: gives it the context and the parsed options, and lets failures out to where they become a
 * sentence and an exit code.
 */
export type CommandRunner = <Options extends object = object>(
  action: (invocation: Invocation<Options>) => Promise<void>,
) => (this: Command, ...given: unknown[]) => Promise<void>;

export function commandRunner(contextOf: (command: Command) => CommandContext): CommandRunner {
  return (action) =>
    async function runAction(this: Command) {
      // Commander parsed the options against the declarations beside each action; their types are stated there.
      const options = this.optsWithGlobals() as Parameters<typeof action>[0]["options"];
      await action({ context: contextOf(this), options, args: this.args });
    };
}
