import { withVisibleCharacters } from "../../components/control-characters.ts";
import type { Translate } from "../../hooks/use-translate.ts";

const MAX_CHARS = 100;

/** What a reason of Loki's means, in a sentence without its full stop; one that nobody has described is shown by its name. */
export function reasonSentence(reason: string, t: Translate): string {
  const unknown = t("limits.reasonUnknown", { reason: withVisibleCharacters(reason.slice(0, MAX_CHARS)) });
  return t.dynamic(`tenants.refusal.reason.${reason}`, {}, unknown).replace(/[.。]$/, "");
}
