import type { QueryAnswer, QueryRequest } from "../../../../src-shared/logql/answer-query.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import type { ArchiveScanner } from "./archive-scanner.ts";

export interface ArchiveQueryOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly pool: ArchiveScanner;
}

/** Answers a request over an archive as Loki's `query` and `query_range` do, errors included. */
export async function answerArchiveQuery(
  options: ArchiveQueryOptions,
  request: QueryRequest,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  signal.throwIfAborted();
  throw new Error(`in the making: ${options.tenant} ${request.query}`);
}
