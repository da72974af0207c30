import { Command, CommanderError } from "commander";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import { createCliText, terminalLocale } from "./cli-text.ts";
import { buildProgram } from "./program.ts";
import { ExitWith } from "./exit-with.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { terminalSafe, write, type Terminal } from "./terminal.ts";

/** Runs one command line and answers with its exit code. Failures are one sentence on standard error. */
export async function runCli(parameters: readonly string[], terminal: Terminal): Promise<number> {
  const text = await createCliText(terminalLocale(terminal.environment));
  const program: Command = buildProgram(terminal, text);
  try {
    await program.parseAsync(parameters, { from: "user" });
    return EXIT_CODES.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.invalid;
    if (error instanceof ExitWith) return error.exitCode;
    if (terminal.signal.aborted) return EXIT_CODES.interrupted;
    const failure = isAppError(error) ? error : new AppError("internal", {}, { cause: error });
    await write(terminal.stderr, `kubemate: ${terminalSafe(text.error(failure.toWire()))}\n`);
    // A bug has no profile's log to go to yet: its story belongs on the terminal of whoever can report it.
    if (!isAppError(error))
      await write(terminal.stderr, `${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
    return exitCodeOf(failure.category);
  }
}
