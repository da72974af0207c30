import type { Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { ServeOptions } from "./serve-console.ts";

export function addServeCommand(program: Command, run: CommandRunner): void {
  program
    .command("serve")
    .description(
      "serve the console to a browser; prints a link that opens it once, and a new one for each line on standard input",
    )
    .option("--port <n>", "0 takes any free one", "0")
    .option("--host <address>", "anything but loopback needs TLS or a trusted proxy", "127.0.0.1")
    .option("--tls-cert <file>", "certificate chain, PEM")
    .option("--tls-key <file>", "its key, PEM")
    .option(
      "--trusted-proxy <url>",
      "the address browsers see, when a proxy in front encrypts and alone reaches the port",
    )
    .option(
      "--identity <file>",
      "how people and programs sign in, YAML or JSON: OIDC, bearer tokens, roles and tenants; replaces start links",
    )
    .action(
      run<ServeOptions>(async ({ context, options }) => {
        const { serve } = await import("./serve-console.ts");
        await serve(context, options);
      }),
    );
}
