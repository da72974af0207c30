import type { DropStage, NamedLabel } from "../ast.ts";
import { ERROR_DETAILS_LABEL, ERROR_LABEL, type LabelsBuilder, PRESERVE_ERROR_LABEL } from "./labels-builder.ts";
import type { StageRunner } from "./line-state.ts";
import { compileMatcher } from "./matchers.ts";
import type { TextTest } from "../regex/regex-test.ts";

interface Named {
  readonly name: string;
  readonly test: TextTest | null;
}

function compileNamed({ name, matcher }: NamedLabel): Named {
  return { name, test: matcher === null ? null : compileMatcher(matcher) };
}

function valueOf(labels: LabelsBuilder, name: string): string {
  if (name === ERROR_LABEL) return labels.error;
  if (name === ERROR_DETAILS_LABEL) return labels.errorDetails;
  return labels.get(name) ?? "";
}

function drop(labels: LabelsBuilder, name: string): void {
  if (name === ERROR_LABEL) labels.error = "";
  else if (name === ERROR_DETAILS_LABEL) labels.errorDetails = "";
  else labels.delete(name);
}

function compileDrop(named: readonly Named[]): StageRunner {
  return ({ labels }) => {
    for (const { name, test } of named) {
      if (test === null || test(valueOf(labels, name))) drop(labels, name);
    }
    return true;
  };
}

function isSpecial(name: string): boolean {
  return name === ERROR_LABEL || name === ERROR_DETAILS_LABEL || name === PRESERVE_ERROR_LABEL;
}

function compileKeep(named: readonly Named[]): StageRunner {
  return ({ labels }) => {
    const unwanted: string[] = [];
    labels.forEach((name, value) => {
      if (isSpecial(name)) return;
      if (!named.some((kept) => kept.name === name && (kept.test === null || kept.test(value)))) unwanted.push(name);
    });
    for (const name of unwanted) labels.delete(name);
    return true;
  };
}

/** `| drop a, b="x"` and `| keep a, b=~"x.*"`. The error labels can be dropped, and are kept always. */
export function compileDropKeep(stage: DropStage): StageRunner {
  const named = stage.labels.map(compileNamed);
  return stage.kind === "drop" ? compileDrop(named) : compileKeep(named);
}
