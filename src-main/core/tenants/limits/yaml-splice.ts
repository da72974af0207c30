import { isMap, isScalar, isSeq, stringify, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";

/** A part of a text that is replaced by another text. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export function spliced(text: string, { from, to, insert }: Splice): string {
  return text.slice(0, from) + insert + text.slice(to);
}

/** A value on one line, as it may stand in block and in flow style. */
export function onOneLine(yaml: LimitYaml): string {
  if (yaml !== null && typeof yaml === "object") return JSON.stringify(yaml);
  const text = stringify(yaml, { lineWidth: 0 }).trimEnd();
  return typeof yaml === "string" && /[\n\r,[\]{}]/.test(text) ? JSON.stringify(yaml) : text;
}

/** The member of a map with this name, as it is written or as it is read. */
export function pairOf(map: YAMLMap, name: string): Pair | null {
  return map.items.find(({ key }) => isScalar(key) && (key.source ?? String(key.value)) === name) ?? null;
}

/** Replaces a value that is there. Comments within it go with it. */
export function replaceValue(text: string, pair: Pair, yaml: LimitYaml): Splice {
  const { value } = pair;
  const quoted = isScalar(value) && value.type === "QUOTE_DOUBLE" && typeof yaml === "string";
  const insert = quoted ? JSON.stringify(yaml) : onOneLine(yaml);
  const [from, to] = [startOf(value), endOf(value)];
  if (from === null || to === null || from === to) {
    const at = colonOf(text, pair) + 1;
    return { from: at, to: at, insert: ` ${insert}` };
  }
  return { from, to, insert: text.slice(from, to).endsWith("\n") ? `${insert}${newlineOf(text)}` : insert };
}

/** Adds a member behind the last one of a map, a way of names down to a value. */
export function addMember(text: string, map: YAMLMap, path: readonly string[], yaml: LimitYaml): Splice {
  const last = map.items.at(-1);
  if (map.flow === true) {
    const member = inFlow(path, yaml);
    if (last !== undefined) {
      const at = endOfPair(last);
      return { from: at, to: at, insert: `, ${member}` };
    }
    const at = (map.range?.[0] ?? 0) + 1;
    const closes = (map.range?.[1] ?? at + 1) - 1;
    return { from: at, to: closes, insert: ` ${member} ` };
  }
  const first = map.items[0];
  const indent = first === undefined ? 0 : columnOf(text, startOf(first.key) ?? 0);
  return linesBehind(text, last === undefined ? text.length : endOfPair(last), inBlock(path, yaml, indent, text));
}

/** Gives a key that has no value a map below it. */
export function addBelow(text: string, pair: Pair, flow: boolean, path: readonly string[], yaml: LimitYaml): Splice {
  const [from, to] = [startOf(pair.value), endOf(pair.value)];
  if (from !== null && to !== null && to > from) return { from, to, insert: `{ ${inFlow(path, yaml)} }` };
  const colon = colonOf(text, pair) + 1;
  if (flow) return { from: colon, to: colon, insert: ` { ${inFlow(path, yaml)} }` };
  const indent = columnOf(text, startOf(pair.key) ?? 0) + 2;
  return linesBehind(text, colon, inBlock(path, yaml, indent, text));
}

/** Adds lines at the end of a text. */
export function appendLines(text: string, path: readonly string[], yaml: LimitYaml): Splice {
  return linesBehind(text, text.length, inBlock(path, yaml, 0, text));
}

/** Takes a member out of a map, with the comment on its line. `null` where it does not stand on lines of its own. */
export function removeMember(text: string, map: YAMLMap, pair: Pair, owner: Pair): readonly Splice[] | null {
  const at = map.items.indexOf(pair);
  const from = startOf(pair.key);
  if (from === null) return null;
  const to = endOfPair(pair);
  if (map.flow === true) {
    const [before, after] = [map.items[at - 1], map.items[at + 1]];
    if (before !== undefined) return [{ from: endOfPair(before), to, insert: "" }];
    return [{ from, to: after === undefined ? to : (startOf(after.key) ?? to), insert: "" }];
  }
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  if (text.slice(lineStart, from).trim() !== "") return null;
  const lines = { from: lineStart, to: lineEnd(text, to), insert: "" };
  if (map.items.length > 1) return [lines];
  const colon = colonOf(text, owner) + 1;
  // Behind first: the places of what stands before stay as they are.
  return [lines, { from: colon, to: colon, insert: " {}" }];
}

function inFlow([name = "", ...rest]: readonly string[], yaml: LimitYaml): string {
  return `${onOneLine(name)}: ${rest.length === 0 ? onOneLine(yaml) : `{ ${inFlow(rest, yaml)} }`}`;
}

function inBlock(path: readonly string[], yaml: LimitYaml, indent: number, text: string): string {
  return path
    .map((name, depth) => {
      const value = depth === path.length - 1 ? ` ${onOneLine(yaml)}` : "";
      return `${" ".repeat(indent + 2 * depth)}${onOneLine(name)}:${value}${newlineOf(text)}`;
    })
    .join("");
}

function linesBehind(text: string, end: number, lines: string): Splice {
  const at = lineEnd(text, end);
  const open = at > 0 && text[at - 1] !== "\n";
  return { from: at, to: at, insert: open ? `${newlineOf(text)}${lines.replace(/\r?\n$/, "")}` : lines };
}

/** Behind the newline of the line in which `at` stands; `at` itself where a line begins there. */
function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === "\n") return at;
  const newline = text.indexOf("\n", at);
  return newline < 0 ? text.length : newline + 1;
}

function newlineOf(text: string): string {
  return /\r\n/.test(text) ? "\r\n" : "\n";
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}

function colonOf(text: string, { key }: Pair): number {
  return text.indexOf(":", endOf(key) ?? 0);
}

function startOf(node: unknown): number | null {
  return isScalar(node) || isMap(node) || isSeq(node) || isRanged(node) ? (node.range?.[0] ?? null) : null;
}

/** Where the last character of a node's own stands, without the space and the comments behind it. */
function endOf(node: unknown): number | null {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? (node.range?.[1] ?? null) : endOfPair(last);
  }
  if (isSeq(node) && node.flow !== true) return endOf(node.items.at(-1)) ?? node.range?.[1] ?? null;
  return isScalar(node) || isMap(node) || isSeq(node) || isRanged(node) ? (node.range?.[1] ?? null) : null;
}

function endOfPair({ key, value }: Pair): number {
  return Math.max(endOf(key) ?? 0, endOf(value) ?? 0);
}

function isRanged(node: unknown): node is { readonly range: Scalar["range"] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
