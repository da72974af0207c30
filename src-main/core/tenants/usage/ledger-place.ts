import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LedgerPlace } from "../ledger/ledger-protocol.ts";

/** The secret with the password of a shared ledger. */
export const LEDGER_PASSWORD = "ledger.password";

const PROTOCOLS = ["postgres:", "postgresql:"];

/**
 * Where the ledger is by the setting `tenants.ledger`: the profile's file, or a database whose password is a secret.
 * Rejects with `settings.invalid` for what is no address of PostgreSQL, and for one with a password in it: settings are
 * readable by all.
 */
export async function ledgerPlace(
  setting: string,
  file: string,
  password: () => Promise<string | null>,
): Promise<LedgerPlace> {
  const text = setting.trim();
  if (text === "") return { kind: "sqlite", file };
  const invalid = (problem: string) => new AppError("settings.invalid", { key: "tenants.ledger", problem });
  if (!URL.canParse(text)) throw invalid("postgres://user@host:5432/database");
  const url = new URL(text);
  if (!PROTOCOLS.includes(url.protocol)) throw invalid("postgres://user@host:5432/database");
  if (url.password !== "" || url.searchParams.has("password"))
    throw invalid(`no password: it is the secret ${LEDGER_PASSWORD}`);
  const secret = await password();
  if (secret !== null) url.password = encodeURIComponent(secret);
  return { kind: "postgres", url: url.href };
}
