import { Option, type Command } from "commander";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import { DRILL_FORMATS, type StorageDrillOptions } from "./drill-options.ts";
import type { DrillListOptions, DrillVerifyOptions } from "./run-storage-drill-list.ts";
import type { StorageRpoOptions } from "./run-storage-rpo.ts";
import { STORE_PLACES } from "./store-commands.ts";

/** `storage drill` and `storage rpo`: restores are rehearsed, and what a loss would cost is told. */
export function addDrillCommands(storage: Command, run: CommandRunner): void {
  const drill = storage
    .command("drill")
    .description("restore into a scratch bucket, time every step, scan what came of it, and sign a report")
    .option("--store <place>", `the bucket that is restored: ${STORE_PLACES}`)
    .option("--into <place>", "the scratch bucket; the store's own without. Never one that a Loki reads")
    .option("--as-of <instant>", "from versions of the bucket itself: RFC 3339, or how long ago: 2h")
    .option("--from-store <place>", "from a DR bucket or a snapshot's folder; the store's own copy without")
    .option("--tenant <id>", "only this tenant; may be repeated", collect)
    .option("--from <instant>", "only chunks with lines at or after this")
    .option("--to <instant>", "only chunks with lines at or before this")
    .option("--deep", "judge chunks by decoding every block")
    .option("--reason <text>", "why, for the report and the audit log")
    .option("--report-dir <folder>", "write the signed JSON, Markdown and HTML there")
    .option("--language <language>", "of the report: en, zh-CN; the terminal's without")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(new Option("--output <format>", "how to print the report").choices([...DRILL_FORMATS]).default("text"))
    .action(
      run<StorageDrillOptions>(async ({ context, options }) => {
        const { runStorageDrill } = await import("./run-storage-drill.ts");
        await runStorageDrill(context, options);
      }),
    );
  drill
    .command("list")
    .description("drills of this profile, newest first")
    .addOption(outputOption())
    .action(
      run<DrillListOptions>(async ({ context, options }) => {
        const { runDrillList } = await import("./run-storage-drill-list.ts");
        await runDrillList(context, options);
      }),
    );
  drill
    .command("verify")
    .description("check the signature of a report's JSON file, and whether this profile has made it")
    .argument("<file>", "drill-….json")
    .option("--key <id>", "refuse a report that another key than this one has signed")
    .addOption(outputOption())
    .action(
      run<DrillVerifyOptions>(async ({ context, options, args }) => {
        const { runDrillVerify } = await import("./run-storage-drill-list.ts");
        await runDrillVerify(context, args[0] ?? "", options);
      }),
    );
  storage
    .command("rpo")
    .description("what losing the bucket would cost now, and how long restoring it takes, each with what shows it")
    .requiredOption("--store <place>", STORE_PLACES)
    .option("--dr <place>", "the copy that is measured against; the store's own without")
    .option("--index-prefix <prefix>", "what keys of index files begin with", "index/")
    .addOption(outputOption())
    .action(
      run<StorageRpoOptions>(async ({ context, options }) => {
        const { runStorageRpo } = await import("./run-storage-rpo.ts");
        await runStorageRpo(context, options);
      }),
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
