/** Steps into a JSON value: a field by name, an array's element by index. */
export type JsonPath = readonly (string | number)[];

export type JsonPathReading =
  | { readonly ok: true; readonly path: JsonPath }
  | { readonly ok: false; readonly error: string };

type TokenKind = "DOT" | "LSB" | "RSB" | "STRING" | "FIELD" | "INDEX" | "$end";

interface PathToken {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN = /\s*(?:(\.)|(\[)|(\])|("(?:[^"\\]|\\.)*")|(\d+)|([a-zA-Z_][a-zA-Z0-9_-]*)|(\S))/y;

function tokenize(text: string): PathToken[] | string {
  const tokens: PathToken[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const found = TOKEN.exec(text);
    if (found === null) break;
    const [, dot, open, close, quoted, index, field, other] = found;
    if (dot !== undefined) tokens.push({ kind: "DOT", text: dot });
    else if (open !== undefined) tokens.push({ kind: "LSB", text: open });
    else if (close !== undefined) tokens.push({ kind: "RSB", text: close });
    else if (quoted !== undefined) tokens.push({ kind: "STRING", text: quoted.slice(1, -1).replace(/\\(.)/gs, "$1") });
    else if (index !== undefined) tokens.push({ kind: "INDEX", text: index });
    else if (field !== undefined) tokens.push({ kind: "FIELD", text: field });
    else return `unexpected char ${other ?? ""}`;
  }
  tokens.push({ kind: "$end", text: "" });
  return tokens;
}

function unexpected(token: PathToken | undefined, ...expected: readonly string[]): string {
  const tail = expected.length === 0 ? "" : `, expecting ${expected.join(" or ")}`;
  return `syntax error: unexpected ${token?.kind ?? "$end"}${tail}`;
}

function readTokens(tokens: readonly PathToken[]): JsonPath | string {
  const path: (string | number)[] = [];
  let at = 0;
  while (at === 0 || tokens[at]?.kind !== "$end") {
    const token = tokens[at];
    if (token?.kind === "LSB") {
      const key = tokens[at + 1];
      if (key?.kind !== "STRING" && key?.kind !== "INDEX") return unexpected(key, "STRING", "INDEX");
      if (tokens[at + 2]?.kind !== "RSB") return unexpected(tokens[at + 2], "RSB");
      path.push(key.kind === "INDEX" ? Number(key.text) : key.text);
      at += 3;
    } else if (token?.kind === "DOT" && at > 0) {
      const field = tokens[at + 1];
      if (field?.kind !== "FIELD") return unexpected(field, "FIELD");
      path.push(field.text);
      at += 2;
    } else if (token?.kind === "FIELD" && at === 0) {
      path.push(token.text);
      at++;
    } else {
      return at === 0 ? unexpected(token, "LSB", "FIELD") : unexpected(token);
    }
  }
  return path;
}

/** The path of `| json x="a.b[0].c"`; errors in Loki's words. */
export function readJsonPath(text: string): JsonPathReading {
  const tokens = tokenize(text);
  const path = typeof tokens === "string" ? tokens : readTokens(tokens);
  return typeof path === "string"
    ? { ok: false, error: `cannot parse expression [${text}]: ${path}` }
    : { ok: true, path };
}

/** The key of `| logfmt x="key"`: one bare or quoted key. */
export function readLogfmtKey(
  text: string,
): { readonly ok: true; readonly key: string } | { readonly ok: false; readonly error: string } {
  const refuse = (error: string) => ({ ok: false as const, error: `cannot parse expression [${text}]: ${error}` });
  const found = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"=]+))\s*(\S?)/s.exec(text);
  if (found === null) return refuse("syntax error: unexpected $end, expecting STRING or KEY");
  if (found[3] !== "") return refuse(`syntax error: unexpected ${found[3] === '"' ? "STRING" : "KEY"}`);
  return { ok: true, key: found[1]?.replace(/\\(.)/gs, "$1") ?? found[2] ?? "" };
}
