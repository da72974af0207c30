import { AppError } from "../../../../src-shared/errors/app-error.ts";

/**
 * SQLSTATE classes and codes that pass by themselves: connection exceptions, insufficient resources, operator intervention
 * (shutdown, restart), a transaction that lost against another, a statement that ran out of time (57014 is in class 57).
 */
const PASSING_CLASSES = ["08", "53", "57", "40"];
const NETWORK = /^(E[A-Z]+)$/;
/** What the driver says without a code when a connection ends or none is to be had. */
const ENDED = /connection (?:terminated|timeout)|timeout exceeded when trying to connect|not queryable/i;

/** Host, port and database of a ledger's URL: what may be shown of it. */
export function ledgerName(url: string): string {
  if (!URL.canParse(url)) return "postgres";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** What the driver threw as an error of the ledger; its text is PostgreSQL's own, which names no password. */
export function ledgerFailure(ledger: string, error: unknown): AppError {
  const causes = error instanceof AggregateError ? [error, ...error.errors] : [error];
  const codes = causes.map(codeOf);
  const passing = codes.some((code) => NETWORK.test(code) || PASSING_CLASSES.includes(code.slice(0, 2)));
  const text = causes
    .map((cause) => (cause instanceof Error ? cause.message : String(cause)))
    .find((one) => one !== "");
  const problem = (text ?? "unknown").slice(0, 300);
  const code = passing || ENDED.test(problem) ? "tenants.ledger-unreachable" : "tenants.ledger-failed";
  return new AppError(code, { ledger, problem }, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
