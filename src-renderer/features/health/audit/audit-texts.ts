import type { AuditFinding, ConfigAudit } from "../../../../src-shared/model/health/config-audit.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { MessageParams, Translate } from "../../../hooks/use-translate.ts";

/** What is wrong and why it matters, in words. A rule without words shows its name. */
export function findingTexts(
  { rule, params, present, where }: AuditFinding,
  t: Translate,
): { readonly title: string; readonly why: string } {
  const shown: MessageParams = Object.fromEntries(
    Object.entries({ present, where, ...params }).map(([name, value]) => [
      name,
      typeof value === "string" ? withVisibleCharacters(value) : value,
    ]),
  );
  return {
    title: t.dynamic(`health.audit.${rule}.title`, shown, rule),
    why: t.dynamic(`health.audit.${rule}.why`, shown, ""),
  };
}

/** A cell by RFC 4180. A spreadsheet takes what begins like a formula for one: such text is led by an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line a finding and, after them, a line a gap. */
export function auditCsv(audit: ConfigAudit, t: Translate): string {
  const findings = audit.findings.map((finding) => {
    const { title, why } = findingTexts(finding, t);
    return [finding.severity, finding.rule, finding.where, finding.present, title, why];
  });
  const gaps = audit.gaps.map(({ fact, code, rules }) => ["gap", "", fact, code, rules.join(" "), ""]);
  return [["severity", "rule", "where", "present", "title", "why"], ...findings, ...gaps]
    .map((row) => row.map(cell).join(","))
    .join("\r\n")
    .concat("\r\n");
}
