import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { Ledger } from "./ledger.ts";

/** Where a ledger is. A URL may hold a password: it is never shown, logged or sent on. */
export type LedgerPlace =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgres"; readonly url: string };

export type LedgerMethod = Exclude<keyof Ledger, symbol>;

/** To the thread. `nowMs` is the clock of who asks: reservations run out by it. */
export interface LedgerCall {
  readonly id: number;
  readonly nowMs: number;
  readonly method: LedgerMethod | "open" | "close";
  readonly args: readonly unknown[];
}

/** From the thread. */
export type LedgerReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError }
  /** A bug: the text of a stack, for the log. */
  | { readonly id: number; readonly problem: string }
  /** The file was damaged, set aside and begun anew. */
  | { readonly damaged: AppError<"tenants.ledger-damaged">["params"] };
