import { CATALOGUE, localeFor } from "../../src-shared/i18n/catalogue.ts";

/** Where the way to the provider begins. */
export const SIGN_IN_PATH = "/sign-in";

/** What there is to tell somebody without a session. Texts have parameters where `params` fills them. */
export interface SignInPage {
  /** A key of the catalogue. */
  readonly text: string;
  readonly params?: Readonly<Record<string, string>>;
  /** The provider's name, where there is one to go to. */
  readonly provider: string | null;
  readonly acceptLanguage: string;
}

/** What someone without a session sees: how to get one, in their browser's language. Nothing of the console. */
export function signInPage({ text: key, params = {}, provider, acceptLanguage }: SignInPage): string {
  const locale = localeFor(acceptLanguage);
  const text = (name: string, values: Readonly<Record<string, string>>) =>
    escapeHtml(filled(CATALOGUE[locale][name] ?? name, values));
  const link =
    provider === null ? "" : `<p><a href="${SIGN_IN_PATH}">${text("headless.signIn.with", { name: provider })}</a></p>`;
  return page(locale, text("headless.signIn.title", {}), `<p>${text(key, params)}</p>${link}`);
}

/**
 * The end of a sign-in. A session's cookie is `SameSite=Strict`, so a browser that was sent here by the provider's site would
 * not send it along with a redirect; a page of our own that leads on makes the next step ours.
 */
export function signedInPage(acceptLanguage: string): string {
  const locale = localeFor(acceptLanguage);
  const text = (key: string) => escapeHtml(CATALOGUE[locale][key] ?? key);
  const onward = `<p><a href="/">${text("headless.signIn.onward")}</a></p>`;
  return page(locale, text("headless.signIn.title"), onward, '<meta http-equiv="refresh" content="0;url=/" />');
}

function page(locale: string, title: string, body: string, head = ""): string {
  return `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8" /><meta name="color-scheme" content="light dark" />${head}<title>${title}</title></head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>
`;
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 63};`);
}
