import { Option, type Command } from "commander";
import { AppError } from "../../src-shared/errors/app-error.ts";
import {
  archiveAssumptionsSchema,
  DAY_ORDERS,
  FILE_ENCODINGS,
  FILE_FORMATS,
  type ArchiveAssumptions,
  type DayOrder,
} from "../../src-shared/model/archive.ts";
import { systemClock } from "../core/common/clock.ts";
import { parseInstant } from "./time-arguments.ts";

/** What is said on the command line where files do not say it themselves. */
export interface AssumptionOptions {
  readonly assumeZone?: string;
  readonly assumeYear?: string;
  readonly assumeStart?: string;
  readonly assumeDayOrder?: DayOrder;
  readonly encoding?: string;
  readonly format?: string;
  readonly label?: readonly string[];
}

export function addAssumptionOptions(command: Command): Command {
  return command
    .option("--assume-zone <zone>", "of times in files that name none: UTC, +08:00, Asia/Shanghai")
    .option("--assume-year <year>", "of the first line of files whose times have no year")
    .option("--assume-start <time>", "the instant of the first line of files without any times")
    .addOption(new Option("--assume-day-order <order>", "of dates such as 03/04/2026").choices(DAY_ORDERS))
    .addOption(new Option("--encoding <name>", "of text files, instead of what is found").choices(FILE_ENCODINGS))
    .addOption(new Option("--format <name>", "of files, instead of what is found").choices(FILE_FORMATS))
    .option("--label <name=value>", "a label of every stream of files; may be repeated", collect);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The assumptions of a command line; `tenant` is what files without tenants belong to. */
export function assumptionsOf(options: AssumptionOptions, tenant: string | undefined): ArchiveAssumptions {
  const { assumeZone, assumeYear, assumeStart, assumeDayOrder, encoding, format, label } = options;
  const parsed = archiveAssumptionsSchema.safeParse({
    ...(assumeZone === undefined ? {} : { zone: assumeZone }),
    ...(assumeYear === undefined ? {} : { year: Number(assumeYear) }),
    ...(assumeStart === undefined ? {} : { timelessFromNs: String(parseInstant(assumeStart, systemClock.nowMs())) }),
    ...(assumeDayOrder === undefined ? {} : { dayOrder: assumeDayOrder }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(format === undefined ? {} : { format }),
    ...(label === undefined ? {} : { labels: Object.fromEntries(label.map(labelPair)) }),
    ...(tenant === undefined ? {} : { tenant }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError("request.invalid", { path: String(issue?.path[0] ?? ""), problem: issue?.message ?? "" });
}

function labelPair(text: string): readonly [string, string] {
  const split = text.indexOf("=");
  if (split < 1) throw new AppError("request.invalid", { path: "--label", problem: text });
  return [text.slice(0, split), text.slice(split + 1)];
}
