import { REDACTION_PATTERNS } from "../../src-shared/model/redaction-pattern.ts";
import type { Formats } from "../hooks/formats.ts";
import type { Translate } from "../hooks/use-translate.ts";

/** `12 phone numbers and 3 bank cards`, commonest first; `null` where nothing was made unreadable. */
export function redactedText(
  redacted: Readonly<Record<string, number>>,
  t: Translate,
  formats: Formats,
): string | null {
  const counted = Object.entries(redacted)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => {
      const known = REDACTION_PATTERNS.find((pattern) => pattern === name);
      const found = formats.number(count);
      return known === undefined ? `${found} ${name}` : t(`exports.redacted.${known}`, { count, found });
    });
  return counted.length === 0 ? null : formats.list(counted);
}
