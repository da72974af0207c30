/** Words that are written together so often that they are known apart. */
const COMPOUNDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    "account id",
    "client id",
    "client ip",
    "container id",
    "correlation id",
    "customer id",
    "dest ip",
    "device id",
    "dst ip",
    "event id",
    "host ip",
    "ip addr",
    "ip address",
    "message id",
    "object id",
    "order id",
    "payment id",
    "pod ip",
    "remote addr",
    "remote ip",
    "req id",
    "request id",
    "session id",
    "source ip",
    "span id",
    "src ip",
    "thread id",
    "trace id",
    "trans id",
    "transaction id",
    "tx id",
    "txn id",
    "user agent",
    "user id",
  ].map((words) => [words.replace(" ", ""), words.split(" ")]),
);

/**
 * The words of a name, in lower case: `X-Request-ID`, `requestId`, `request_id` and `requestid` are all `request id`. Words
 * inside words are none: `grid` is one word.
 */
export function nameWords(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .flatMap((word) => COMPOUNDS[word] ?? [word]);
}

/** Whether a name says that it is one of these things: its last words are, since `ip_version` is no address. */
export function namesOne(words: readonly string[], things: readonly (readonly string[])[]): boolean {
  return things.some((thing) => thing.every((word, at) => words[words.length - thing.length + at] === word));
}
