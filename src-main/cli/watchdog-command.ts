import { Option, type Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import type { ManifestsCommandOptions, WatchdogCommandOptions } from "./watchdog-options.ts";

export function addWatchdogCommands(program: Command, run: CommandRunner): void {
  const watchdog = program
    .command("watchdog")
    .description(
      "judge the ingesters without a window and set the condition of their readiness gates; ends with Ctrl-C",
    )
    .option("--site <site>", "without it the cluster that this runs in, by its service account")
    .option("--service-account <directory>", "another place of a pod's token, ca.crt and namespace")
    .option("--namespace <namespace>", "Loki's; without it where it is found, or the service account's own")
    .option("--interval <duration>", "between two rounds, 1s to 15s", "15s")
    .option("--metrics-listen <host:port>", "where /metrics, /healthz and /readyz are served", "127.0.0.1:9464")
    .addOption(new Option("--scheme <scheme>", "what Loki's pods speak").choices(["http", "https"]))
    .option("--path-prefix <path>", "Loki's server.http_path_prefix")
    .option("--limits-config-map <name/key>", "let limits in it go back whose time is over, in Loki's namespace")
    .option("--dry-run", "take no lease and change nothing; print what would be done")
    .action(
      run<WatchdogCommandOptions>(async ({ context, options }) => {
        const { runWatchdog } = await import("./run-watchdog.ts");
        await runWatchdog(context, options);
      }),
    );
  watchdog
    .command("manifests")
    .description("print the objects and patches with which Kubernetes takes a gray ingester out; applies nothing")
    .option("--site <site>", "whose ingesters are gated")
    .option("--namespace <namespace>", "where the watchdog runs; without it beside Loki")
    .option("--image <image>", "where the program's image is; there is no public one")
    .option(
      "--limits-config-map <name/key>",
      "Loki's runtime configuration, whose limits go back when their time is over",
    )
    .option("--directory <folder>", "write the files there, over none that is there")
    .addOption(new Option("--output <format>", "how to print").choices(["text", "json"]).default("text"))
    .action(
      run<ManifestsCommandOptions>(async ({ context, options }) => {
        const { runWatchdogManifests } = await import("./run-watchdog-manifests.ts");
        await runWatchdogManifests(context, options);
      }),
    );
}
