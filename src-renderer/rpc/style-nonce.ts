/**
 * The nonce under which this page may add style elements; the shells put it into the page, and its policy allows no other.
 * Mantine takes it as `getStyleNonce`, CodeMirror as `EditorView.cspNonce`. Empty where the page is served without a policy
 * (the development server, tests).
 */
export function styleNonce(page: Document = document): string {
  const meta = page.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");
  return meta?.nonce ?? "";
}
