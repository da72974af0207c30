/** The last part of a chunk's key, in the bucket: three or, before schema v12, four hex numbers with a delimiter between. */
const NUMBERS = /^[0-9a-f]{1,16}(?:(.)[0-9a-f]{1,16}){2,3}$/s;

/** As Loki's S3 client writes a key where `chunk_delimiter` is set: it stands for every `:`. */
export function toDelimited(key: string, delimiter: string | undefined): string {
  return delimiter === undefined ? key : key.replaceAll(":", delimiter);
}

/**
 * The way back. Loki replaces every delimiter, which spoils tenants that have it in their name; here only the last part of a
 * chunk's key is, since no other key of Loki's has a `:`.
 */
export function fromDelimited(key: string, delimiter: string | undefined): string {
  if (delimiter === undefined) return key;
  const at = key.lastIndexOf("/") + 1;
  const last = key.slice(at);
  return NUMBERS.exec(last)?.[1] === delimiter ? key.slice(0, at) + last.replaceAll(delimiter, ":") : key;
}
