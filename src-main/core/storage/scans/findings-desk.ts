import { LRUCache } from "lru-cache";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { systemClock } from "../../common/clock.ts";
import { inspectBytes } from "../inspect/inspect-object.ts";
import type { DeskAnswers, DeskMessage, DeskReply, DeskRequest } from "./desk-protocol.ts";
import { exportFindings } from "./export-findings.ts";
import { kindCounts, pageIn, type KindCounts } from "./finding-rows.ts";
import { FindingsStore } from "./findings.store.ts";
import { scanRow } from "./scan-rows.ts";
import { failureOf } from "./thread-failure.ts";

/** Totals of filters that take a look at every finding: a scan that came to its end does not change. */
const KEPT_COUNTS = 200;

/** What a `storage-desk` thread does: answers about findings, writes them to files, and looks into objects. */
export class FindingsDesk {
  readonly #post: (reply: DeskReply) => void;
  readonly #stores = new Map<string, FindingsStore>();
  readonly #counts = new LRUCache<string, KindCounts>({ max: KEPT_COUNTS });

  constructor(post: (reply: DeskReply) => void) {
    this.#post = post;
  }

  async take({ id, request }: DeskMessage): Promise<void> {
    try {
      this.#post({ id, answer: await this.#answer(request) });
    } catch (error) {
      this.#post({ id, failure: failureOf(error) });
    }
  }

  async #answer(request: DeskRequest): Promise<DeskAnswers[keyof DeskAnswers]> {
    switch (request.kind) {
      case "page":
        return this.#page(request);
      case "export": {
        const { file, scan, filter, format, target } = request;
        return { findings: await exportFindings(this.#store(file), { scan, filter, format, target }) };
      }
      case "inspect":
        return inspectBytes(request.bytes, request.key, request.layout);
    }
  }

  #page({ file, scan, filter, offset, limit }: Extract<DeskRequest, { kind: "page" }>): DeskAnswers["page"] {
    return this.#store(file).run((database) => {
      const row = scanRow(database, scan);
      // One that has not come to its end has found nothing yet.
      if (row === null) throw new AppError("storage.scan-unknown", { scan });
      if (row.range.last < row.range.first) return { findings: [], total: 0, kinds: {} };
      const { kinds: _kinds, ...others } = filter;
      const known = `${row.number} ${JSON.stringify(others)}`;
      const kinds = this.#counts.get(known) ?? kindCounts(database, row.number, row.range, others);
      this.#counts.set(known, kinds);
      return pageIn(database, row.range, filter, kinds, offset, limit);
    });
  }

  #store(file: string): FindingsStore {
    const known = this.#stores.get(file);
    if (known !== undefined) return known;
    const onDamaged = (told: AppError): void => {
      this.#counts.clear();
      this.#post({ damaged: told.toWire() });
    };
    const store = new FindingsStore({ file, clock: systemClock, onDamaged });
    this.#stores.set(file, store);
    return store;
  }
}
