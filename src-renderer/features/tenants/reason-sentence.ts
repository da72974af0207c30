import { withVisibleCharacters } from "../../components/control-characters.ts";
import type { Translate } from "../../hooks/use-translate.ts";

const MAX_CHARS = 100;

/** What a reason of Loki's means, in a sentence; one that nobody has described is shown by its name. */
export function reasonSentence(reason: string, t: Translate): string {
  // With hyphens: a key that ends with `_many` would be a plural's.
  const key = `limits.reason.${reason.replaceAll("_", "-")}`;
  return t.dynamic(key, {}, t("limits.reasonUnknown", { reason: withVisibleCharacters(reason.slice(0, MAX_CHARS)) }));
}
