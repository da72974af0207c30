/** The setting that names a shared ledger, and the secret with its password. */
export const LEDGER_SETTING = "tenants.ledger";
export const LEDGER_PASSWORD = "ledger.password";

export interface LedgerAddress {
  /** Without the password. */
  readonly address: string;
  /** `null` where none was written. */
  readonly password: string | null;
}

/**
 * Takes the password out of an address as it is copied from elsewhere (`postgres://user:password@host/database`): a setting
 * can be read by everybody. A text that is no address stays what it is.
 */
export function splitLedgerAddress(text: string): LedgerAddress {
  if (!URL.canParse(text)) return { address: text, password: null };
  const url = new URL(text);
  const password = url.password;
  if (password === "") return { address: text, password: null };
  url.password = "";
  return { address: url.href, password: decoded(password) };
}

/** Whether a text can name a shared ledger: nothing (the profile's own file), or an address of PostgreSQL. */
export function isLedgerAddress(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === "") return true;
  return URL.canParse(trimmed) && ["postgres:", "postgresql:"].includes(new URL(trimmed).protocol);
}

/** A password with a bare percent sign is no encoded one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
