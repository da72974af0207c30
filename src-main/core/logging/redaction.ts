/**
 * What must never reach a log, an audit entry, an error or a support bundle. One list for all of them, tested with planted
 * secrets.
 */
const SECRET_KEYS =
  /pass(word|wd|phrase)?$|secret|token|authorization|cookie|credential|api[-_]?key|private[-_]?key|client[-_]?key|bearer|session[-_]?id/i;

/** Keys that only look like a secret's: they name one or say how it is. */
const HARMLESS_KEYS = new Set(["secretRef", "secretsStore", "tokenExpiresAtMs", "fingerprint"]);

const SECRET_TEXTS: readonly RegExp[] = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /(?<=:\/\/[^\s/:@]{1,256}:)[^\s/@]+(?=@)/g,
  /(?<=(?:password|passwd|secret|token|api_?key)["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
];

export const REDACTED = "[redacted]";

/** Free text with whatever looks like a secret taken out. */
export function redactText(text: string): string {
  return SECRET_TEXTS.reduce((redacted, pattern) => redacted.replace(pattern, REDACTED), text);
}

/**
 * A copy of a value fit for writing down: secrets by key and by shape taken out, depth, length and breadth bounded, errors
 * with their stacks and causes.
 */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value.length > 8_192 ? `${value.slice(0, 8_192)}…` : value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= 8) return "[deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 200).map((item: unknown) => redactValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 200)
      .map(([key, item]) => [key, isSecretKey(key) ? REDACTED : redactValue(item, depth + 1)]),
  );
}

function isSecretKey(key: string): boolean {
  return SECRET_KEYS.test(key) && !HARMLESS_KEYS.has(key);
}

function redactError(error: Error, depth: number): unknown {
  const { cause } = error;
  return {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ""),
    ...("code" in error ? { code: redactValue(error.code, depth + 1) } : {}),
    ...(cause === undefined ? {} : { cause: redactValue(cause, depth + 1) }),
  };
}
