import type { WireError } from "../../src-shared/errors/wire-error.ts";
import type { Translate } from "../hooks/use-translate.ts";

/** Parameters of a quota's errors that are words of ours, not names of somebody's. */
const QUOTA_WORDS = ["scope", "period"] as const;

/**
 * One sentence of an error in the chosen language. Parameters may hold text of others (an upstream's sentence): they are
 * inserted as text, never as markup.
 */
export function errorText(t: Translate, error: WireError): string {
  return t.dynamic(`errors.${error.code}`, paramsOf(t, error), t("app.errorUnknown", { code: error.code }));
}

function paramsOf(t: Translate, { code, params }: WireError): WireError["params"] {
  if (!code.startsWith("tenants.quota-")) return params;
  const words = QUOTA_WORDS.flatMap((name) => {
    const word = params[name];
    return word === undefined ? [] : [[name, t.dynamic(`usage.word.${word}`, {}, String(word))] as const];
  });
  return { ...params, ...Object.fromEntries(words) };
}
