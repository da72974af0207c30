/** What a YAML file holds once it is read without types: maps, lists, scalars, and times that were written without quotes. */
export type GoYaml = string | number | bigint | boolean | null | GoTime | readonly GoYaml[] | GoYamlMap;
export interface GoYamlMap {
  readonly [key: string]: GoYaml;
}

/** A time as YAML resolves it from a plain scalar: it is written without quotes again. */
export class GoTime {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A text in YAML, and on which line of it each member of a map begins, by its path with NUL between the names. */
export interface MarshalledYaml {
  readonly text: string;
  readonly lines: ReadonlyMap<string, number>;
}

const INDENT = 4;

/**
 * Writes a value as Go's yaml.v3 `Marshal` does: members sorted in natural order, four spaces an indent, lists indented. Loki
 * hashes its merged runtime configuration in this form and reads its limits from it, so error lines count in it as well.
 */
export function marshalGoYaml(value: GoYaml): MarshalledYaml {
  const writer = new YamlWriter();
  writer.root(value);
  return { text: `${writer.rows.join("\n")}\n`, lines: writer.lines };
}

class YamlWriter {
  readonly rows: string[] = [];
  readonly lines = new Map<string, number>();

  root(value: GoYaml): void {
    if (isMap(value) && Object.keys(value).length > 0) this.#map(value, 0, "", "");
    else if (isList(value) && value.length > 0) this.#list(value, 0, "");
    else this.rows.push(scalar(value, 0));
  }

  /** `first` stands before the first member, as the dash of a list does. */
  #map(map: GoYamlMap, indent: number, path: string, first: string): void {
    let before = first;
    for (const key of Object.keys(map).toSorted(naturalOrder)) {
      const value = map[key] ?? null;
      const own = path === "" ? key : `${path}\u0000${key}`;
      const head = `${before === "" ? " ".repeat(indent) : before}${scalar(key, indent)}:`;
      before = "";
      this.lines.set(own, this.rows.length + 1);
      if (isMap(value) && Object.keys(value).length > 0) {
        this.rows.push(head);
        this.#map(value, indent + INDENT, own, "");
      } else if (isList(value) && value.length > 0) {
        this.rows.push(head);
        this.#list(value, indent + INDENT, own);
      } else this.#push(`${head} ${scalar(value, indent + INDENT)}`);
    }
  }

  #list(list: readonly GoYaml[], indent: number, path: string): void {
    for (const [index, item] of list.entries()) {
      const dash = `${" ".repeat(indent)}- `;
      if (isMap(item) && Object.keys(item).length > 0) this.#map(item, indent + 2, `${path}\u0000${index}`, dash);
      else if (isList(item) && item.length > 0) {
        const rows = this.rows.length;
        this.#list(item, indent + 2, `${path}\u0000${index}`);
        this.rows[rows] = `${dash}${(this.rows[rows] ?? "").slice(indent + 2)}`;
      } else this.#push(`${dash}${scalar(item, indent + INDENT)}`);
    }
  }

  #push(text: string): void {
    this.rows.push(...text.split("\n"));
  }
}

function isMap(value: GoYaml): value is GoYamlMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof GoTime);
}

function isList(value: GoYaml): value is readonly GoYaml[] {
  return Array.isArray(value);
}

function scalar(value: GoYaml, indent: number): string {
  if (value === null) return "null";
  if (value instanceof GoTime) return value.text;
  if (typeof value === "number") return goNumber(value);
  if (typeof value !== "string") return typeof value === "object" ? (isList(value) ? "[]" : "{}") : String(value);
  return textScalar(value, indent);
}

function goNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return ".inf";
  if (value === Number.NEGATIVE_INFINITY) return "-.inf";
  if (Number.isNaN(value)) return ".nan";
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  // `strconv.FormatFloat(…, 'g', -1, 64)`: an exponent below 1e-4 has two digits.
  const plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21 ? String(value) : value.toExponential();
  return plain.replace(/e([+-])(\d)$/, "e$10$2");
}

/** What YAML 1.1 would take for something else than a text, and what yaml.v3 still quotes for its sake. */
const RESOLVES = new RegExp(
  [
    "",
    "~",
    "null|Null|NULL",
    "true|True|TRUE|false|False|FALSE",
    "y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF",
    "[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
    "[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*",
    "[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)",
    "[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?",
    "\\d{4}-\\d{1,2}-\\d{1,2}(?:(?:[Tt]|[ \\t]+)\\d{1,2}:\\d{2}:\\d{2}(?:\\.\\d*)?(?:[ \\t]*(?:Z|[-+]\\d{1,2}(?::?\\d{2})?))?)?",
    "<<|=",
  ]
    .map((each) => `^(?:${each})$`)
    .join("|"),
);

function textScalar(value: string, indent: number): string {
  const printable = !/[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd]|\r|\x85|\u2028|\u2029|\ufeff/.test(
    value.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""),
  );
  if (value.includes("\n"))
    return printable && !/^\s|\s\n| $/.test(value) ? literal(value, indent) : doubleQuoted(value);
  if (RESOLVES.test(value)) return doubleQuoted(value);
  if (!printable || value.includes("\t")) return doubleQuoted(value);
  const plain =
    !/^[#,[\]{}&*!|>'"%@`]/.test(value) && !/^[-?:](?:\s|$)/.test(value) && !/: |:$| #|^ | $|^---|^\.\.\./.test(value);
  return plain ? value : `'${value.replaceAll("'", "''")}'`;
}

function literal(value: string, indent: number): string {
  const chomp = value.endsWith("\n\n") || value === "\n" ? "+" : value.endsWith("\n") ? "" : "-";
  const rows = value.replace(/\n$/, "").split("\n");
  return [`|${chomp}`, ...rows.map((row) => (row === "" ? "" : `${" ".repeat(indent)}${row}`))].join("\n");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function doubleQuoted(value: string): string {
  const escaped = value.replace(/["\\\p{Cc}\u2028\u2029\ufeff]/gu, (each) => {
    const code = each.charCodeAt(0);
    return ESCAPES[each] ?? (code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`);
  });
  return `"${escaped}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}

/** Names as yaml.v3 sorts them: runs of digits by their value, other signs before letters. */
function naturalOrder(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let at = 0;
  while (at < left.length && at < right.length && left[at] === right[at]) at += 1;
  const [one, other] = [left[at], right[at]];
  if (one === undefined || other === undefined) return left.length - right.length;
  const [oneLetter, otherLetter] = [/\p{L}/u.test(one), /\p{L}/u.test(other)];
  if (oneLetter && otherLetter) return one < other ? -1 : 1;
  if (oneLetter !== otherLetter) {
    const afterDigit = /\p{Nd}/u.test(left[at - 1] ?? "");
    return oneLetter === afterDigit ? -1 : 1;
  }
  const [oneRun, otherRun] = [digitsFrom(left, at), digitsFrom(right, at)];
  if (oneRun !== "" && otherRun !== "") {
    const difference = BigInt(oneRun) - BigInt(otherRun);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
    if (oneRun.length !== otherRun.length) return oneRun.length - otherRun.length;
  }
  return one < other ? -1 : 1;
}

function digitsFrom(characters: readonly string[], from: number): string {
  let run = "";
  for (let at = from; /^[0-9]$/.test(characters[at] ?? ""); at += 1) run += characters[at];
  return run;
}
