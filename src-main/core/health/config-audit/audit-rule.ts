import type { AuditFinding, AuditGap } from "../../../../src-shared/model/health/config-audit.ts";
import type { ConfigFacts } from "./config-facts.ts";
import { configValue } from "./config-values.ts";
import { ConfigSource, newFileDiff, type ConfigEdit } from "./unified-diff.ts";

export type FactKind = AuditGap["fact"];

/** What would mend a finding: values of the configuration, or a file to be applied with `kubectl`. */
export type Mend =
  | { readonly kind: "config"; readonly edits: readonly ConfigEdit[] }
  | { readonly kind: "file"; readonly name: string; readonly text: string };

/** A finding as its rule makes it. */
export interface RuleFinding {
  readonly where: string;
  readonly present: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly mend: Mend | null;
}

/** One rule of the audit. It looks at facts alone and says nothing where they are not known. */
export interface AuditRule {
  readonly id: string;
  readonly severity: AuditFinding["severity"];
  /** What it cannot do without. */
  readonly needs: readonly FactKind[];
  /** Values of the configuration that it looks at. Where one of them is not there it says nothing. */
  readonly paths?: readonly string[];
  readonly find: (facts: ConfigFacts) => readonly RuleFinding[];
}

const ORDER: readonly AuditFinding["severity"][] = ["critical", "warning", "info"];

/** Findings of all rules, the worst first, in the rules' order. */
export function auditConfig(facts: ConfigFacts, rules: readonly AuditRule[]): readonly AuditFinding[] {
  const source = facts.source === null ? null : new ConfigSource(facts.source.text, facts.source.file);
  return rules
    .flatMap(({ id, severity, find }) =>
      find(facts).map(({ where, present, params = {}, mend }) => ({
        rule: id,
        severity,
        where,
        present: present.slice(0, 300),
        params: { ...params },
        patch: mend === null ? null : patchOf(mend, source),
      })),
    )
    .toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Whether a rule had what it looks at: only then does its silence mean that all is well. */
export function isAble({ needs, paths }: AuditRule, facts: ConfigFacts, missing: ReadonlySet<FactKind>): boolean {
  if (needs.some((fact) => missing.has(fact))) return false;
  return paths === undefined || paths.every((path) => configValue(facts.config, path) !== undefined);
}

function patchOf(mend: Mend, source: ConfigSource | null): string | null {
  return mend.kind === "file" ? newFileDiff(mend.name, mend.text) : (source?.diff(mend.edits) ?? null);
}
