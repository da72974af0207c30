import type { IncomingHttpHeaders } from "node:http";
import { S3Problem } from "./s3-problem.ts";

/** A request to the S3 API, its path taken apart. */
export interface S3Call {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly rawPath: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Empty for the list of buckets. */
  readonly bucket: string;
  /** Empty where the bucket itself is meant. */
  readonly key: string;
  readonly requestId: string;
  /** The body as its sender meant it: checked, and without the framing of chunks. */
  body(): Promise<Buffer>;
}

export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Problem("InvalidArgument", "Invalid URI encoding");
  }
}

/** A query as pairs; a name without a value has an empty one, the last of a name counts. */
export function parseQuery(search: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of search.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decodePath((at < 0 ? pair : pair.slice(0, at)).replaceAll("+", " "));
    query.set(name, at < 0 ? "" : decodePath(pair.slice(at + 1).replaceAll("+", " ")));
  }
  return query;
}

/** A header's value; of several the first. */
export function header({ headers }: Pick<S3Call, "headers">, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The value of a number in the query. @throws S3Problem `InvalidArgument` */
export function countOf({ query }: S3Call, name: string, what: string, most: number): number {
  const text = query.get(name);
  if (text === undefined || text === "") return most;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 2_147_483_647)
    throw new S3Problem("InvalidArgument", `Argument ${what} must be an integer between 0 and 2147483647`);
  return Math.min(value, most);
}
