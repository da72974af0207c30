import { CATALOGUE, localeFor } from "../../src-shared/i18n/catalogue.ts";

/** What someone without a session sees: that a start link is needed, in their browser's language. Nothing of the console. */
export function signInPage(problem: "needed" | "tokenInvalid", acceptLanguage: string): string {
  const locale = localeFor(acceptLanguage);
  const text = (key: string) => escapeHtml(CATALOGUE[locale][key] ?? key);
  const title = text("headless.signIn.title");
  return `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8" /><meta name="color-scheme" content="light dark" /><title>${title}</title></head>
<body><main><h1>${title}</h1><p>${text(`headless.signIn.${problem}`)}</p></main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 63};`);
}
