import { Option } from "commander";
import { OUTPUT_FORMATS } from "./command-context.ts";

/** `--output`: text for people, JSON for machines. */
export function outputOption(): Option {
  return new Option("--output <format>", "how to print").choices([...OUTPUT_FORMATS]).default("text");
}
