import { Re2SyntaxError } from "../regex/re2-syntax.ts";
import { countMatches, replaceAllMatches } from "../regex/expand.ts";
import { parseByteSize } from "../text/byte-size.ts";
import { durationSeconds, parseGoDuration } from "../text/go-duration.ts";
import { base64Decode, base64Encode, queryEscape, queryUnescape } from "./encodings.ts";
import { fixed, TemplateCallError, type TemplateFunction, variadic } from "./function-type.ts";
import { jsonValue } from "./json-value.ts";
import { byteLength, byteSlice, isTruthy } from "./go-value.ts";

function trimSet(text: string, cutset: string, left: boolean, right: boolean): string {
  const set = new Set(cutset);
  const chars = Array.from(text);
  let from = 0;
  let to = chars.length;
  if (left) while (from < to && set.has(chars[from] ?? "")) from++;
  if (right) while (to > from && set.has(chars[to - 1] ?? "")) to--;
  return chars.slice(from, to).join("");
}

/** Go's `unicode.IsSpace` decides, which is less than JavaScript's `trim`. */
function trimSpace(text: string): string {
  return text
    .replace(/^[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u, "")
    .replace(/[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/u, "");
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function withoutSuffix(text: string, suffix: string): string {
  return suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

function replace(text: string, from: string, to: string, times: bigint): string {
  if (times < 0n) return text.replaceAll(from, () => to);
  let out = "";
  let rest = text;
  for (let left = times; left > 0n; left--) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    out += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
    if (from === "") {
      out += rest.slice(0, 1);
      rest = rest.slice(1);
    }
  }
  return out + rest;
}

/** The first (or, with a negative count, the last) bytes. */
function truncate(count: bigint, text: string): string {
  const length = byteLength(text);
  const size = Number(count);
  if (size < 0 && length + size > 0) return byteSlice(text, length + size, length);
  return size >= 0 && length > size ? byteSlice(text, 0, size) : text;
}

function outOfRange(from: number, to: number): never {
  throw new TemplateCallError(`runtime error: slice bounds out of range [${from}:${to}]`);
}

function lengthOutOfRange(end: number, length: number): never {
  throw new TemplateCallError(`runtime error: slice bounds out of range [:${end}] with length ${length}`);
}

/** A piece by bytes; where a bound is negative it is left out. */
function substring(start: bigint, end: bigint, text: string): string {
  const length = byteLength(text);
  const from = Number(start);
  const to = Number(end);
  if (from < 0) return to < 0 || to > length ? lengthOutOfRange(to, length) : byteSlice(text, 0, to);
  if (to < 0 || to > length) return from > length ? outOfRange(from, length) : byteSlice(text, from, length);
  return from > to ? outOfRange(from, to) : byteSlice(text, from, to);
}

/**
 * Go's deprecated `strings.Title`: a letter behind a separator becomes a capital. Of ASCII everything but letters, digits and
 * `_` separates, of the rest only space.
 */
function title(text: string): string {
  return text.replace(/(^|(?=\p{ASCII})[^A-Za-z0-9_]|\s)(\p{L})/gu, (_, before: string, letter: string) => {
    return before + upperRune(letter);
  });
}

function upperRune(letter: string): string {
  const capital = letter.toUpperCase();
  return Array.from(capital).length === 1 ? capital : letter;
}

function mapRunes(text: string, change: (rune: string) => string): string {
  let out = "";
  for (const rune of text) {
    const changed = change(rune);
    out += Array.from(changed).length === 1 ? changed : rune;
  }
  return out;
}

/** Go maps rune by rune, so `ß` stays as it is. */
function upper(text: string): string {
  return mapRunes(text, (rune) => rune.toUpperCase());
}

function lower(text: string): string {
  return mapRunes(text, (rune) => rune.toLowerCase());
}

function align(count: bigint, text: string, right: boolean): string {
  const runes = Array.from(text);
  const width = Number(count);
  const missing = width - runes.length;
  if (width < 0 || missing === 0) return text;
  if (missing > 0) return right ? " ".repeat(missing) + text : text + " ".repeat(missing);
  return right ? runes.slice(runes.length - width).join("") : runes.slice(0, width).join("");
}

function indent(spaces: bigint, text: string): string {
  const pad = " ".repeat(Math.max(0, Number(spaces)));
  return pad + text.replaceAll("\n", `\n${pad}`);
}

function repeat(count: bigint, text: string): string {
  if (count < 0n) throw new TemplateCallError("strings: negative Repeat count");
  if (BigInt(text.length) * count > 16_777_216n) throw new TemplateCallError("strings: Repeat output length overflow");
  return text.repeat(Number(count));
}

function regexError<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Re2SyntaxError) throw new TemplateCallError(error.message);
    throw error;
  }
}

function byteSize(text: string): number {
  const reading = parseByteSize(text);
  if (!reading.ok) throw new TemplateCallError(reading.error);
  return reading.bytes;
}

function seconds(text: string): number {
  const reading = parseGoDuration(text);
  if (!reading.ok) throw new TemplateCallError(reading.error);
  return durationSeconds(reading.ns);
}

export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  ToLower: fixed(["string"], ([text]) => lower(text)),
  ToUpper: fixed(["string"], ([text]) => upper(text)),
  lower: fixed(["string"], ([text]) => lower(text)),
  upper: fixed(["string"], ([text]) => upper(text)),
  title: fixed(["string"], ([text]) => title(text)),
  Replace: fixed(["string", "string", "string", "int"], ([text, from, to, times]) => replace(text, from, to, times)),
  replace: fixed(["string", "string", "string"], ([from, to, text]) => replace(text, from, to, -1n)),
  Trim: fixed(["string", "string"], ([text, cutset]) => trimSet(text, cutset, true, true)),
  TrimLeft: fixed(["string", "string"], ([text, cutset]) => trimSet(text, cutset, true, false)),
  TrimRight: fixed(["string", "string"], ([text, cutset]) => trimSet(text, cutset, false, true)),
  TrimPrefix: fixed(["string", "string"], ([text, prefix]) => withoutPrefix(text, prefix)),
  TrimSuffix: fixed(["string", "string"], ([text, suffix]) => withoutSuffix(text, suffix)),
  TrimSpace: fixed(["string"], ([text]) => trimSpace(text)),
  trim: fixed(["string"], ([text]) => trimSpace(text)),
  trimAll: fixed(["string", "string"], ([cutset, text]) => trimSet(text, cutset, true, true)),
  trimPrefix: fixed(["string", "string"], ([prefix, text]) => withoutPrefix(text, prefix)),
  trimSuffix: fixed(["string", "string"], ([suffix, text]) => withoutSuffix(text, suffix)),
  trunc: fixed(["int", "string"], ([count, text]) => truncate(count, text)),
  substr: fixed(["int", "int", "string"], ([start, end, text]) => substring(start, end, text)),
  contains: fixed(["string", "string"], ([part, text]) => text.includes(part)),
  hasPrefix: fixed(["string", "string"], ([prefix, text]) => text.startsWith(prefix)),
  hasSuffix: fixed(["string", "string"], ([suffix, text]) => text.endsWith(suffix)),
  indent: fixed(["int", "string"], ([spaces, text]) => indent(spaces, text)),
  nindent: fixed(["int", "string"], ([spaces, text]) => `\n${indent(spaces, text)}`),
  repeat: fixed(["int", "string"], ([count, text]) => repeat(count, text)),
  alignLeft: fixed(["int", "string"], ([count, text]) => align(count, text, false)),
  alignRight: fixed(["int", "string"], ([count, text]) => align(count, text, true)),
  b64enc: fixed(["string"], ([text]) => base64Encode(text)),
  b64dec: fixed(["string"], ([text]) => base64Decode(text)),
  urlencode: fixed(["string"], ([text]) => queryEscape(text)),
  urldecode: fixed(["string"], ([text]) => {
    const reading = queryUnescape(text);
    if (!reading.ok) throw new TemplateCallError(reading.error);
    return reading.text;
  }),
  regexReplaceAll: fixed(["string", "string", "string"], ([expression, text, to]) =>
    regexError(() => replaceAllMatches(expression, text, to, false)),
  ),
  regexReplaceAllLiteral: fixed(["string", "string", "string"], ([expression, text, to]) =>
    regexError(() => replaceAllMatches(expression, text, to, true)),
  ),
  count: fixed(["string", "string"], ([expression, text]) => regexError(() => BigInt(countMatches(expression, text)))),
  bytes: fixed(["string"], ([text]) => byteSize(text)),
  duration: fixed(["string"], ([text]) => seconds(text)),
  duration_seconds: fixed(["string"], ([text]) => seconds(text)),
  fromJson: fixed(["string"], ([text]) => jsonValue(text)),
  default: variadic(["any", "any"], ([fallback = null, given]) =>
    given === undefined || !isTruthy(given) ? fallback : given,
  ),
};
