import type { AuditFinding } from "../../../../src-shared/model/health/config-audit.ts";
import { maskSecrets } from "../instance/mask-secrets.ts";

/**
 * Findings about a person's own file, without the patches whose context would show a secret of it: masked they would not
 * apply, and what is printed ends up in logs of pipelines.
 */
export function withoutSecretPatches(findings: readonly AuditFinding[], text: string): AuditFinding[] {
  const masked = maskSecrets(text);
  const shown = new Set((masked ?? "").split("\n"));
  const secret = new Set(text.split("\n").filter((line) => !shown.has(line)));
  return findings.map((finding) => {
    const lines = finding.patch?.split("\n") ?? [];
    const tells = lines.some((line) => /^[ -]/.test(line) && secret.has(line.slice(1)));
    return tells ? { ...finding, patch: null } : finding;
  });
}
