export type ValueShape = "uuid" | "ip" | "timestamp" | "hash";

const HEX = "[0-9a-fA-F]";
const UUID = new RegExp(`^${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}$`);
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?::\d{1,5})?$/;
const IPV6 = /^(?=.*:.*:)[0-9a-fA-F:]{3,39}$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
/** Seconds to nanoseconds of this century. */
const UNIX_TIME = /^(?:1[4-9]|2\d)\d{8}(?:\d{3}|\d{6}|\d{9})?$/;
const LONG_HEX = new RegExp(`^(?=.*\\d)(?=.*[a-fA-F])${HEX}{32,128}$`);

/** What a written-down value looks like; `null` for a word like any other. */
export function valueShape(value: string): ValueShape | null {
  if (UUID.test(value)) return "uuid";
  if (IPV4.test(value) || IPV6.test(value)) return "ip";
  if (RFC3339.test(value) || UNIX_TIME.test(value)) return "timestamp";
  return LONG_HEX.test(value) ? "hash" : null;
}

const DIGIT = String.raw`(?:\\d|\[0-9\]|\[\\d\])`;
const HEX_CLASS = String.raw`(?:\[(?:0-9|\\d)?(?:a-f|A-F|a-fA-F|A-Fa-f)(?:0-9|\\d)?(?:A-F|a-f)?\]|\[\[:xdigit:\]\])`;
const SOURCES: readonly (readonly [ValueShape, RegExp])[] = [
  ["uuid", new RegExp(`${HEX_CLASS}\\{8\\}.{0,3}-.*${HEX_CLASS}\\{(?:4|12)\\}`)],
  ["uuid", new RegExp(`\\[[^\\]]*(?:a-f|A-F)[^\\]]*-\\]\\{36\\}`)],
  ["ip", new RegExp(String.raw`(?:${DIGIT}(?:\{1,3\}|\+)(?:\\\.|\[\.\])\)?){2,}`)],
  ["ip", new RegExp(String.raw`\(\?:?${DIGIT}(?:\{1,3\}|\+)(?:\\\.|\[\.\])\)\{3\}`)],
  ["timestamp", new RegExp(String.raw`${DIGIT}\{4\}-${DIGIT}\{2\}-${DIGIT}\{2\}`)],
  ["timestamp", new RegExp(String.raw`${DIGIT}\{1[0-9](?:,\d*)?\}`)],
  ["hash", new RegExp(`${HEX_CLASS}\\{(?:1[6-9]|[2-9]\\d|1[0-2]\\d)(?:,\\d*)?\\}`)],
];

/** What the values that a regular expression finds look like; `null` where it does not say. */
export function patternShape(pattern: string): ValueShape | null {
  return SOURCES.find(([, expression]) => expression.test(pattern))?.[0] ?? null;
}
