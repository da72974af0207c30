import { AppError } from "../../../../../src-shared/errors/app-error.ts";

/** What JavaScript's reviver is told besides the value: the text of a number as it stood there. */
type SourcedReviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

const keepWhole: SourcedReviver = (_key, value, context) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
};

/**
 * JSON in which whole numbers beyond 2⁵³ become `bigint` instead of losing their last digits, as Loki's fingerprints and
 * shard bounds (u64) would. Slower than `JSON.parse`; for small answers. Rejects with `loki.bad-response`.
 */
export function losslessJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body), keepWhole);
  } catch (error) {
    throw new AppError("loki.bad-response", { status: 200, problem: "not JSON, or cut short" }, { cause: error });
  }
}
