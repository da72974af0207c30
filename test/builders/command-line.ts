import { Readable, Writable } from "node:stream";
import { runCli } from "../../src-main/cli/run-cli.ts";
import { temporaryDirectory, type TemporaryDirectory } from "./temporary-directory.ts";
import { workerSource } from "./worker-source.ts";

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `kubemate` in this process, over a profile of the test's own. */
export class CommandLine implements Disposable {
  /** What the next command finds on its standard input. */
  input = "";
  readonly profile: TemporaryDirectory = temporaryDirectory();
  readonly environment: Record<string, string | undefined> = {
    LANG: "en_GB.UTF-8",
    PATH: process.env["PATH"],
    KUBECONFIG: this.profile.file("no-kubeconfig"),
    KUBEMATE_MANAGED_SETTINGS: this.profile.file("no-managed-settings.json"),
  };

  async run(...parameters: readonly string[]): Promise<CommandResult> {
    return this.runUntil(parameters, () => false);
  }

  /** Runs until what was printed is enough, then presses Ctrl-C. */
  async runUntil(parameters: readonly string[], enough: (stdout: string) => boolean): Promise<CommandResult> {
    return this.#run(parameters, enough, new AbortController());
  }

  /** Runs until Ctrl-C is pressed from outside; `onPrint` is told all that was printed so far. */
  async runWith(
    parameters: readonly string[],
    controller: AbortController,
    onPrint: (stdout: string) => void = () => {},
  ): Promise<CommandResult> {
    const listen = (stdout: string) => {
      onPrint(stdout);
      return false;
    };
    return this.#run(parameters, listen, controller);
  }

  async #run(
    parameters: readonly string[],
    enough: (stdout: string) => boolean,
    controller: AbortController,
  ): Promise<CommandResult> {
    let stdout = "";
    let stderr = "";
    const exitCode = await runCli(["--profile", this.profile.path, ...parameters], {
      stdout: collector((text) => {
        stdout += text;
        if (enough(stdout)) controller.abort();
      }),
      stderr: collector((text) => (stderr += text)),
      environment: this.environment,
      signal: controller.signal,
      stdin: Readable.from([this.input]),
      onLine: () => () => {},
      onLostRejection: () => () => {},
      locateWorker: workerSource,
      pageDirectory: this.profile.path,
    });
    return { exitCode, stdout, stderr };
  }

  [Symbol.dispose](): void {
    this.profile[Symbol.dispose]();
  }
}

function collector(take: (text: string) => void): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      take(chunk.toString());
      done();
    },
  });
}
