import { randomUUID } from "node:crypto";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { resultSetIdSchema, type ResultSetId } from "../../../../src-shared/model/ids.ts";
import { fireAndForget, type Logger } from "../../common/logger.ts";
import type { ResultSet } from "./result-set.ts";

/** Sets that one person may have open at a time; the one not looked at for longest gives way to a further one. */
const MAX_SETS_PER_OWNER = 32;

interface OpenSet {
  readonly set: ResultSet;
  readonly reading: Reading;
  watchers: number;
}

/** What fills a set. A view has that of the set it was made from, which does not end with the view. */
export interface Reading {
  readonly abort: AbortController;
  readonly ownedBy: ResultSetId;
}

/** The open result sets, by id, in the order of their last use. */
export class SetRegistry implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #sets = new Map<ResultSetId, OpenSet>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  newId(): ResultSetId {
    return resultSetIdSchema.parse(`set-${randomUUID()}`);
  }

  add(set: ResultSet, reading: Reading): void {
    this.#sets.set(set.id, { set, reading, watchers: 0 });
    const own = [...this.#sets.values()].filter((open) => open.set.owner === set.owner && open.set !== set);
    if (own.length < MAX_SETS_PER_OWNER) return;
    const oldest = own.find(({ watchers }) => watchers === 0) ?? own[0];
    if (oldest !== undefined)
      fireAndForget(this.close(oldest.set.id), this.#logger, "a result set could not be closed");
  }

  /** @throws `logs.result-set-unknown` */
  get(id: ResultSetId): ResultSet {
    return this.#open(id).set;
  }

  /** The set, without counting as a look at it; `null` when there is none. */
  find(id: string): ResultSet | null {
    // Any other text is the name of no set.
    return this.#sets.get(id as ResultSetId)?.set ?? null;
  }

  /** Ends a set's reading; its rows stay. */
  stop(id: ResultSetId): ResultSet {
    const { set, reading } = this.#open(id);
    reading.abort.abort(new AppError("request.cancelled", {}));
    return set;
  }

  readingOf(id: ResultSetId): Reading {
    return this.#open(id).reading;
  }

  /** Marks a set as looked at for as long as the answer is not disposed. */
  watch(id: ResultSetId): Disposable & { readonly set: ResultSet } {
    const open = this.#open(id);
    open.watchers += 1;
    return {
      set: open.set,
      [Symbol.dispose]: () => {
        open.watchers -= 1;
      },
    };
  }

  /** Answers whether there was such a set. */
  async close(id: ResultSetId): Promise<boolean> {
    const open = this.#sets.get(id);
    if (open === undefined) return false;
    this.#sets.delete(id);
    if (open.reading.ownedBy === id) open.reading.abort.abort(new AppError("request.cancelled", {}));
    await open.set[Symbol.asyncDispose]();
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sets.keys()].map((id) => this.close(id)));
  }

  #open(id: ResultSetId): OpenSet {
    const open = this.#sets.get(id);
    if (open === undefined) throw new AppError("logs.result-set-unknown", { id });
    this.#sets.delete(id);
    this.#sets.set(id, open);
    return open;
  }
}
