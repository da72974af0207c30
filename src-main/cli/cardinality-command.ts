import { type Command, InvalidArgumentError } from "commander";
import type { LabelChange } from "../../src-shared/model/tenants/cardinality.ts";
import type { CommandRunner } from "./command-runner.ts";
import { outputOption } from "./output-option.ts";
import type { CardinalityOptions } from "./run-cardinality.ts";
import { addSourceOptions } from "./source-options.ts";

export function addCardinalityCommand(program: Command, run: CommandRunner): void {
  addSourceOptions(program.command("cardinality"))
    .description("say which labels make a tenant's streams, and what would be without them")
    .option("--selector <selector>", "only these streams", "")
    .option("--last <duration>", "how far back", "1h")
    .option("--sample-lines <count>", "lines that are read to look for fields; 0 for none", wholeNumber, 2_000)
    .option(
      "--what-if <change>",
      "drop:LABEL, hash:LABEL:BUCKETS or metadata:LABEL; may be repeated: all together",
      collectChange,
    )
    .addOption(outputOption())
    .action(
      run<CardinalityOptions>(async ({ context, options }) => {
        const { runCardinality } = await import("./run-cardinality.ts");
        await runCardinality(context, options);
      }),
    );
}

function collectChange(text: string, before: readonly LabelChange[] | undefined): readonly LabelChange[] {
  return [...(before ?? []), labelChange(text)];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("a whole number");
  return Number(text);
}

/** `hash:pod:32`. Names of labels have no colon but in Prometheus' recording rules, so the last one parts the buckets. */
export function labelChange(text: string): LabelChange {
  const [, kind = "", rest = ""] = /^(drop|hash|metadata):(.{1,1024})$/.exec(text) ?? [];
  if (kind === "drop" || kind === "metadata") return { kind, label: rest };
  const [, label = "", buckets = "0"] = /^(.+):(\d{1,5})$/.exec(rest) ?? [];
  if (kind !== "hash" || Number(buckets) < 1 || Number(buckets) > 65_536) {
    throw new InvalidArgumentError("drop:LABEL, hash:LABEL:BUCKETS (1 to 65536) or metadata:LABEL");
  }
  return { kind, label, buckets: Number(buckets) };
}
