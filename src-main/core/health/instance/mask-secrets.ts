import { Composer, CST, Parser } from "yaml";

const MASK = "********";
/** Looking for keys that come twice takes the square of their number. */
const CHECKS = { uniqueKeys: false } as const;

/**
 * Keys whose values are secrets, also in what Loki does not type as such (plain strings, custom headers, credentials of
 * object stores). What names a file that holds a secret is none: `password_file`, `tls_key_path`.
 */
const SECRET_KEY = new RegExp(
  "^(?!log_|trace_)(.*_)?(password|passwd|passphrase|secret|secrets|secret_key|secret_access_key|access_key|access_key_id|" +
    "access_key_secret|account_key|api_keys?|apikey|private_key|encryption_key|token|credential|credentials|" +
    "connection_string|service_account|basic_auth|authorization|headers|cookie)$",
);
/** Under a secret key these say how, not what. */
const PLAIN_KEY = /(^type|_file|_path|_files)$/;
/** TLS settings hold a key itself under the one name that means other things elsewhere. */
const TLS_SECTION = /(^|_)tls(_|$)/;
const NO_SECRET = /^(|~|null|true|false|yes|no|on|off)$/i;
/** To the last `@` of the word: a secret key of S3 may hold slashes. */
const USER_INFO = /:\/\/[^\s"'<>]*@/g;

/**
 * A YAML text with the values of secrets masked and everything else as it stands, comments among it. `null` for a text that
 * is no YAML mapping.
 */
export function maskSecrets(yaml: string): string | null {
  const tokens = [...new Parser().parse(yaml)];
  const documents = tokens.filter((token) => token.type === "document");
  if (documents.length === 0) return null;
  for (const { value } of documents) {
    if (value?.type !== "block-map" && value?.type !== "flow-collection") return null;
    if (!maskToken(value, { secret: false, section: "" }, 0)) return null;
  }
  // The parser alone takes a line indented by a tab for text, and a key in it for none.
  for (const { errors } of new Composer(CHECKS).compose(tokens)) if (errors.length > 0) return null;
  return tokens.map((token) => CST.stringify(token)).join("");
}

interface Place {
  readonly secret: boolean;
  /** The key that leads here. */
  readonly section: string;
}

const DEEPEST = 200;

/** Masks in place; false for what is damaged or nested too deeply to be a configuration. */
function maskToken(token: CST.Token, place: Place, depth: number): boolean {
  if (depth > DEEPEST || token.type === "error") return false;
  if (CST.isScalar(token)) maskScalar(token, place);
  return !CST.isCollection(token) || token.items.every((item) => maskItem(item, place, depth));
}

function maskItem(item: CST.CollectionItem, place: Place, depth: number): boolean {
  const { key, value } = item;
  if (value === undefined || value === null) {
    // A flow sequence's item without a colon is a value all the same.
    return key === undefined || key === null || item.sep !== undefined || maskToken(key, place, depth + 1);
  }
  if (key === undefined || key === null) return maskToken(value, place, depth + 1);
  const name = CST.isScalar(key) ? (CST.resolveAsScalar(key)?.value ?? "").toLowerCase().replaceAll("-", "_") : "";
  const tlsKey = name === "key" && TLS_SECTION.test(place.section);
  const secret = !PLAIN_KEY.test(name) && (place.secret || tlsKey || SECRET_KEY.test(name));
  return maskToken(value, { secret, section: name }, depth + 1);
}

function maskScalar(token: CST.FlowScalar | CST.BlockScalar, { secret }: Place): void {
  const value = CST.resolveAsScalar(token)?.value ?? token.source;
  if (secret) {
    if (token.type === "scalar" && NO_SECRET.test(value)) return;
    if (value !== "") CST.setScalarValue(token, MASK, { type: "QUOTE_SINGLE" });
    return;
  }
  const masked = value.replace(USER_INFO, `://${MASK}@`);
  if (masked !== value) CST.setScalarValue(token, masked);
}
