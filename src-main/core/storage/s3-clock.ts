import type { S3Requests } from "./s3-requests.ts";

/** What the store's clock says, by the `Date` of an answer, in whole seconds; `null` where it sends none. Rejects with `storage.*`. */
export async function storeDateMs(requests: S3Requests, signal: AbortSignal): Promise<number | null> {
  const { sdk, client, options } = requests;
  const command = new sdk.ListObjectsV2Command({ Bucket: options.bucket, Prefix: requests.prefix, MaxKeys: 1 });
  let date = "";
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = dateOf(result.response);
      return result;
    },
    { step: "deserialize", name: "storeDate", priority: "low" },
  );
  await requests.send("ListObjectsV2", "", signal, (abortSignal) => client.send(command, { abortSignal }));
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? null : ms;
}

/** The SDK's response is whatever its HTTP handler made. */
function dateOf(response: unknown): string {
  if (typeof response !== "object" || response === null || !("headers" in response)) return "";
  const { headers } = response;
  if (typeof headers !== "object" || headers === null || !("date" in headers)) return "";
  return typeof headers.date === "string" ? headers.date : "";
}
