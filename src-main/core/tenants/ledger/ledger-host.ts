import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { systemClock, type Clock } from "../../common/clock.ts";
import type { LedgerCall, LedgerPlace, LedgerReply } from "./ledger-protocol.ts";
import type { Ledger } from "./ledger.ts";
import { SqliteLedger } from "./sqlite-ledger.ts";

/** What a `ledger` thread does: holds one ledger, and answers calls for it. */
export class LedgerHost {
  readonly #post: (reply: LedgerReply) => void;
  readonly #clock: Clock;
  #nowMs = 0;
  #ledger: Ledger | null = null;

  constructor(post: (reply: LedgerReply) => void) {
    this.#post = post;
    this.#clock = { ...systemClock, nowMs: () => this.#nowMs };
  }

  async answer({ id, nowMs, method, args }: LedgerCall): Promise<void> {
    this.#nowMs = nowMs;
    try {
      if (method === "open") {
        // Calls come from `LedgerThread` alone, which sends a place with `open`.
        await this.#open(args[0] as LedgerPlace);
        this.#post({ id, value: null });
        return;
      }
      if (method === "close") {
        await this.#ledger?.[Symbol.asyncDispose]();
        this.#ledger = null;
        this.#post({ id, value: null });
        return;
      }
      if (this.#ledger === null) throw new Error("no ledger is open");
      // The arguments are those that the caller's compiler checked against the port.
      const call = this.#ledger[method] as (...given: readonly unknown[]) => Promise<unknown>;
      this.#post({ id, value: await Reflect.apply(call, this.#ledger, args) });
    } catch (error) {
      if (isAppError(error)) this.#post({ id, error: error.toWire() });
      else this.#post({ id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  async #open(place: LedgerPlace): Promise<void> {
    if (place.kind === "postgres") {
      // Only a console with a shared ledger pays for loading the driver.
      const { PostgresLedger } = await import("./postgres-ledger.ts");
      this.#ledger = await PostgresLedger.open({ url: place.url, clock: this.#clock });
      return;
    }
    try {
      this.#ledger = new SqliteLedger({
        file: place.file,
        clock: this.#clock,
        onDamaged: ({ params }) => this.#post({ damaged: params }),
      });
    } catch (error) {
      if (!hasCode(error, "files.unreadable")) throw error;
      const { file: ledger, problem } = error.params;
      throw new AppError("tenants.ledger-failed", { ledger, problem: problem.slice(0, 300) }, { cause: error });
    }
  }
}
