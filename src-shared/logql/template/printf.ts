import { formatGoExponent, formatGoFloat, formatGoFloatShort } from "../text/go-number.ts";
import { quoteGo } from "../text/go-quote.ts";
import { GoInt64, type GoValue, goTypeName, printValue } from "./go-value.ts";

/** Go's `fmt.Sprintf` for the values that templates have. */

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly verb: string;
}

const SPEC = /%([-+# 0]*)(\[\d+\])?(\d+|\*)?(?:(\.)(\[\d+\])?(\d+|\*)?)?(\[\d+\])?/y;

function runeCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function pad(text: string, { flags, width }: Spec, zeros: boolean): string {
  const missing = width - runeCount(text);
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!zeros || !flags.includes("0")) return " ".repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function signed(text: string, flags: string): string {
  if (text.startsWith("-")) return text;
  if (flags.includes("+")) return `+${text}`;
  return flags.includes(" ") ? ` ${text}` : text;
}

function bad(spec: Spec, value: GoValue): string {
  if (value === null) return `%!${spec.verb}(<nil>)`;
  return `%!${spec.verb}(${goTypeName(value)}=${printValue(value)})`;
}

function integer(spec: Spec, value: bigint): string {
  const base = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }[spec.verb];
  if (base !== undefined) {
    const magnitude = (value < 0n ? -value : value).toString(base);
    const sharp = spec.flags.includes("#") ? ({ x: "0x", X: "0X", o: "0", b: "0b" }[spec.verb] ?? "") : "";
    const head = spec.verb === "O" ? "0o" : sharp;
    const digits = magnitude.padStart(spec.precision ?? 0, "0");
    const cased = spec.verb === "X" ? digits.toUpperCase() : digits;
    return pad(signed((value < 0n ? "-" : "") + head + cased, spec.flags), spec, spec.precision === null);
  }
  if (spec.verb === "c") return pad(codePoint(value), spec, false);
  if (spec.verb === "q") return pad(`'${codePoint(value)}'`, spec, false);
  if (spec.verb === "U") return pad(`U+${value.toString(16).toUpperCase().padStart(4, "0")}`, spec, false);
  return "";
}

function codePoint(value: bigint): string {
  return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function general(value: number, precision: number | null): string {
  if (precision === null) return formatGoFloatShort(value);
  const digits = Math.max(precision, 1);
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split("e")[1]);
  const trimZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent >= -4 && exponent < digits) return trimZeros(value.toFixed(Math.max(digits - 1 - exponent, 0)));
  const [mantissa = "", power = ""] = formatGoExponent(value, digits - 1).split("e");
  return `${trimZeros(mantissa)}e${power}`;
}

function float(spec: Spec, value: number): string {
  if (!Number.isFinite(value)) {
    return pad(
      signed(formatGoFloat(value).replace(/^\+/, spec.flags.includes("+") ? "+" : ""), spec.flags),
      spec,
      false,
    );
  }
  let text: string;
  switch (spec.verb) {
    case "f":
    case "F":
      text = value.toFixed(spec.precision ?? 6);
      break;
    case "e":
    case "E":
      text = formatGoExponent(value, spec.precision ?? 6);
      break;
    default:
      text = general(value, spec.precision);
  }
  if (spec.verb === "E" || spec.verb === "G") text = text.toUpperCase();
  return pad(signed(text, spec.flags), spec, true);
}

function hexText(text: string, upper: boolean): string {
  let out = "";
  for (const byte of new TextEncoder().encode(text)) out += byte.toString(16).padStart(2, "0");
  return upper ? out.toUpperCase() : out;
}

function string(spec: Spec, value: string): string | null {
  const cut = spec.precision === null ? value : Array.from(value).slice(0, spec.precision).join("");
  switch (spec.verb) {
    case "s":
    case "v":
      return pad(spec.verb === "v" && spec.flags.includes("#") ? quoteGo(cut) : cut, spec, true);
    case "q":
      return pad(spec.flags.includes("#") && !cut.includes("`") ? `\`${cut}\`` : quoteGo(cut), spec, false);
    case "x":
    case "X":
      return pad(hexText(cut, spec.verb === "X"), spec, false);
    default:
      return null;
  }
}

function formatOne(spec: Spec, value: GoValue): string {
  const { verb } = spec;
  if (verb === "T") return pad(goTypeName(value), spec, false);
  if (typeof value === "string") return string(spec, value) ?? bad(spec, value);
  const whole = value instanceof GoInt64 ? value.value : value;
  if (typeof whole === "bigint") return "dvboOxXcqU".includes(verb) ? integer(spec, whole) : bad(spec, value);
  if (typeof whole === "number") return "vfFeEgG".includes(verb) ? float(spec, whole) : bad(spec, value);
  if (typeof whole === "boolean")
    return verb === "t" || verb === "v" ? pad(String(whole), spec, false) : bad(spec, value);
  if (whole === null) return verb === "v" ? pad("<nil>", spec, false) : bad(spec, value);
  return verb === "v" || verb === "s" ? pad(printValue(whole), spec, false) : bad(spec, value);
}

class Formatter {
  private readonly args: readonly GoValue[];
  private at = 0;
  private reordered = false;

  constructor(args: readonly GoValue[]) {
    this.args = args;
  }

  format(layout: string): string {
    let out = "";
    for (let at = 0; at < layout.length;) {
      const percent = layout.indexOf("%", at);
      if (percent < 0) {
        out += layout.slice(at);
        break;
      }
      out += layout.slice(at, percent);
      SPEC.lastIndex = percent;
      const found = SPEC.exec(layout);
      const end = percent + (found?.[0].length ?? 1);
      const verb = String.fromCodePoint(layout.codePointAt(end) ?? 0);
      if (end >= layout.length) {
        out += "%!(NOVERB)";
        break;
      }
      at = end + verb.length;
      out += verb === "%" ? "%" : this.one(found ?? [], verb);
    }
    return out + this.extra();
  }

  private index(text: string | undefined): void {
    if (text === undefined) return;
    this.at = Number(text.slice(1, -1)) - 1;
    this.reordered = true;
  }

  private star(text: string | undefined): number | null {
    if (text !== "*") return text === undefined ? null : Number(text);
    const value = this.args[this.at++];
    return typeof value === "bigint" ? Number(value) : null;
  }

  private one(parts: readonly (string | undefined)[], verb: string): string {
    const [, flags = "", first, widthText, point, second, precisionText, last] = parts;
    this.index(first);
    const width = this.star(widthText) ?? 0;
    this.index(second);
    const precision = point === undefined ? null : (this.star(precisionText) ?? 0);
    this.index(last);
    const value = this.args[this.at];
    if (value === undefined) return this.reordered ? `%!${verb}(BADINDEX)` : `%!${verb}(MISSING)`;
    this.at++;
    const left = width < 0;
    return formatOne({ flags: left ? `${flags}-` : flags, width: Math.abs(width), precision, verb }, value);
  }

  private extra(): string {
    if (this.reordered || this.at >= this.args.length) return "";
    const rest = this.args
      .slice(this.at)
      .map((value) => (value === null ? "<nil>" : `${goTypeName(value)}=${printValue(value)}`));
    return `%!(EXTRA ${rest.join(", ")})`;
  }
}

export function sprintf(layout: string, args: readonly GoValue[]): string {
  return new Formatter(args).format(layout);
}

/** `fmt.Sprint`: a space between two operands when neither is a string. */
export function sprint(args: readonly GoValue[]): string {
  let out = "";
  args.forEach((value, index) => {
    const previous = args[index - 1];
    if (index > 0 && typeof value !== "string" && typeof previous !== "string") out += " ";
    out += printValue(value);
  });
  return out;
}
