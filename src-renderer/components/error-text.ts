import type { WireError } from "../../src-shared/errors/wire-error.ts";
import type { Translate } from "../hooks/use-translate.ts";

/**
 * One sentence of an error in the chosen language. Parameters may hold text of others (an upstream's sentence): they are
 * inserted as text, never as markup.
 */
export function errorText(t: Translate, error: WireError): string {
  return t.dynamic(`errors.${error.code}`, error.params, t("app.errorUnknown", { code: error.code }));
}
