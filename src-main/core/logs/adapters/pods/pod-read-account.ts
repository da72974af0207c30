import type { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Completeness, CompletenessReason } from "../../../../../src-shared/model/completeness.ts";
import { NO_READ_STATS, type ReadStats } from "../../../../../src-shared/model/log-query.ts";

const MAX_REASONS = 50;
const MAX_TEXT_CHARACTERS = 300;

/** What a read of several pods has cost and what went wrong in it. */
export class PodReadAccount {
  requests = 0;
  linesProcessed = 0;
  bytesProcessed = 0;
  readonly #reasons: CompletenessReason[] = [];

  /** A part that could not be read, with what the cluster said of it. */
  failed(part: string, error: AppError): void {
    this.#add({ kind: "partial-failure", part, code: error.code });
    const { params } = error;
    if ("problem" in params && params.problem !== "") this.#warn(part, String(params.problem));
  }

  /** A sentence of the kubelet's in the place of a log line. */
  said(part: string, bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1_024)).toString("utf8").trim();
    if (text !== "") this.#warn(part, text);
  }

  limited(limit: number): void {
    this.#add({ kind: "limit-reached", limit });
  }

  stats(): ReadStats {
    const { requests, linesProcessed, bytesProcessed } = this;
    return { ...NO_READ_STATS, requests, linesProcessed, bytesProcessed };
  }

  /** Never `complete`: the kubelet rotates logs away and does not say what it no longer has. */
  completeness(): Completeness {
    return { verdict: this.#reasons.length === 0 ? "unknown" : "incomplete", reasons: this.#reasons };
  }

  #warn(part: string, text: string): void {
    this.#add({ kind: "server-warning", text: `${part}: ${text.slice(0, MAX_TEXT_CHARACTERS)}` });
  }

  #add(reason: CompletenessReason): void {
    if (this.#reasons.length < MAX_REASONS) this.#reasons.push(reason);
  }
}
