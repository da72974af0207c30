import { Option, type Command } from "commander";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { addAssumptionOptions } from "./assumption-options.ts";
import type { CommandRunner } from "./command-runner.ts";
import { addSourceOptions } from "./source-options.ts";
import { addSpendingOptions } from "./spending-options.ts";
import type { QueryOptions, TailOptions } from "./query-options.ts";

export function addQueryCommands(program: Command, run: CommandRunner): void {
  const command = addSourceOptions(
    program
      .command("query")
      .description("run a LogQL query, log or metric, over a range or at an instant, of a Loki or of what is on disk"),
  );
  addSpendingOptions(addAssumptionOptions(command))
    .argument("[query]", "LogQL; none with --batch")
    .option(
      "--from <time>",
      "RFC 3339, nanoseconds or seconds since the epoch, now-1h, 1h; default an hour before --to, or an archive's beginning",
    )
    .option("--to <time>", "default now, or an archive's end; the range does not include it")
    .option("--at <time>", "a metric query at one instant instead of over a range")
    .option(
      "--limit <n>",
      "entries at most; more than the server hands out at once are paged, 0 reads the whole range",
      "100",
    )
    .addOption(
      new Option("--direction <d>", "newest or oldest first").choices(["backward", "forward"]).default("backward"),
    )
    .option("--step <duration>", "of a metric query; default a 250th of the range, at least a second")
    .option("--batch <file>", "answer a file of queries over what is on disk, one JSON object a line")
    .addOption(
      new Option("--compat <what>", "over what is on disk: the documented meaning, or Loki 3.7.6 with its bugs")
        .choices(["documented", "loki"])
        .default("documented"),
    )
    .option("--require-complete", "exit with 6 when lines may be missing")
    .addOption(
      new Option("--output <format>", "how to print; loki-json is the answer in Loki's own shape")
        .choices(["text", "ndjson", "json", "loki-json"])
        .default("text"),
    )
    .action(
      run<QueryOptions>(async ({ context, options, args: [text] }) => {
        if (text === undefined && options.batch === undefined) {
          throw new AppError("request.invalid", { path: "<query>", problem: "LogQL | --batch FILE" });
        }
        const { runQuery } = await import("./run-query.ts");
        await runQuery(context, options, text ?? "");
      }),
    );

  addSourceOptions(
    program.command("tail").description("follow a LogQL query; gaps and drops are told on standard error"),
  )
    .argument("<query>", "LogQL")
    .option("--since <time>", "begin with the entries from here on")
    .addOption(new Option("--output <format>", "how to print").choices(["text", "ndjson", "json"]).default("text"))
    .action(
      run<TailOptions>(async ({ context, options, args: [query = ""] }) => {
        const { runTail } = await import("./run-tail.ts");
        await runTail(context, options, query);
      }),
    );
}
