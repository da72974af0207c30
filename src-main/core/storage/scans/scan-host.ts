import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { systemClock } from "../../common/clock.ts";
import type { ChunkChecker } from "../integrity/chunk-checker.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";
import { FindingsStore } from "./findings.store.ts";
import { runScan } from "./run-scan.ts";
import type { ScanOrder } from "./scan-order.ts";
import type { FromScan, GivenObject, ScanAnswers, ScanCall, ToScan } from "./scan-protocol.ts";
import { errorOfFailure, failureOf } from "./thread-failure.ts";

interface Asked {
  resolve(answer: ScanAnswers[keyof ScanAnswers]): void;
  reject(error: AppError): void;
}

/** What a `storage-scan` thread does: one scan, whose reading somebody else does for it. */
export class ScanHost {
  readonly #post: (message: FromScan) => void;
  readonly #asked = new Map<number, Asked>();
  readonly #controller = new AbortController();
  #given = 0;

  constructor(post: (message: FromScan) => void) {
    this.#post = post;
  }

  async take(message: ToScan): Promise<void> {
    switch (message.kind) {
      case "begin":
        await this.#run(message.order);
        return;
      case "stop":
        this.#stop();
        return;
      case "answer":
        this.#taken(message.id)?.resolve(message.answer);
        return;
      case "failure":
        this.#taken(message.id)?.reject(errorOfFailure(message.failure, null, ""));
    }
  }

  async #run(order: ScanOrder): Promise<void> {
    const clock = systemClock;
    const onDamaged = (told: AppError): void => this.#post({ kind: "damaged", error: told.toWire() });
    try {
      using findings = new FindingsStore({ file: order.findingsFile, clock, onDamaged });
      const tools = {
        store: this.#store(order.title),
        checker: this.#checker(order),
        findings,
        nowMs: () => clock.nowMs(),
        onNews: (news: Extract<FromScan, { kind: "news" }>["news"]) => this.#post({ kind: "news", news }),
      };
      this.#post({ kind: "done", summary: await runScan(order, tools, this.#controller.signal) });
    } catch (error) {
      this.#post({ kind: "failed", failure: failureOf(error) });
    }
  }

  /** Whatever is asked for is not waited for any more. */
  #stop(): void {
    this.#controller.abort(new AppError("request.cancelled", {}));
    for (const id of this.#asked.keys()) this.#taken(id)?.reject(new AppError("request.cancelled", {}));
  }

  #store(title: string): ScannedStore {
    return {
      title,
      list: (request) => this.#ask<"list">({ method: "list", request }),
      head: (key) => this.#ask<"head">({ method: "head", key }),
      get: async (key, options) => bodyOf(await this.#ask<"get">({ method: "get", key, options })),
    };
  }

  #checker({ batches }: ScanOrder): ChunkChecker {
    return { ...batches, check: (batch, mode) => this.#ask<"check">({ method: "check", batch, mode }) };
  }

  #ask<Method extends ScanCall["method"]>(call: Extract<ScanCall, { method: Method }>): Promise<ScanAnswers[Method]> {
    return new Promise((resolve, reject) => {
      if (this.#controller.signal.aborted) {
        reject(new AppError("request.cancelled", {}));
        return;
      }
      this.#given += 1;
      // The other side answers a call with what the protocol says of its method.
      this.#asked.set(this.#given, { resolve: (answer) => resolve(answer as ScanAnswers[Method]), reject });
      this.#post({ kind: "ask", id: this.#given, call });
    });
  }

  #taken(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }
}

function bodyOf({ info, lengthBytes, bytes }: GivenObject): Awaited<ReturnType<ScannedStore["get"]>> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (bytes === null) throw new AppError("storage.unsupported", { store: "-", action: `read ${lengthBytes} bytes` });
    yield bytes;
  }
  return { info, lengthBytes, chunks: chunks(), [Symbol.asyncDispose]: async () => {} };
}
