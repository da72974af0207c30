import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import type { Translate } from "../hooks/use-translate.ts";

/** What any thrown value is to the window: the core's error, or a bug of the window itself. */
export function wireErrorOf(thrown: unknown): WireError {
  if (thrown instanceof RemoteError) return thrown.wire;
  return { code: "internal", params: {}, category: "internal", retryable: false };
}

/**
 * One sentence of an error in the chosen language. Parameters may hold text of others (an upstream's sentence): they are
 * inserted as text, never as markup.
 */
export function errorText(t: Translate, error: WireError): string {
  return t.dynamic(`errors.${error.code}`, error.params, t("app.errorUnknown", { code: error.code }));
}
