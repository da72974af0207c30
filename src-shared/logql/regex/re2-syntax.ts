import { perlClass, posixClass, unicodeClass } from "./re2-classes.ts";
import { type ClassItem, isClassProperty, MAX_RUNE, type RegexNode } from "./regex-node.ts";

/** Thrown by the parser below; the message is Go's. */
export class Re2SyntaxError extends Error {
  constructor(reason: string, piece: string) {
    super(`error parsing regexp: ${reason}: \`${piece}\``);
    this.name = "Re2SyntaxError";
  }
}

export interface Re2Flags {
  readonly fold: boolean;
  readonly multiLine: boolean;
  readonly dotNl: boolean;
  readonly swapGreed: boolean;
}

export const PERL_FLAGS: Re2Flags = { fold: false, multiLine: false, dotNl: false, swapGreed: false };

const MAX_REPEAT = 1_000;
const MAX_DEPTH = 1_000;

interface Group {
  /** Where it began, its flags before, and its capture; `capture` 0 is no capture. */
  readonly flags: Re2Flags;
  readonly capture: number;
  readonly name: string;
  readonly alternatives: RegexNode[];
  items: RegexNode[];
}

/** Reads the syntax that Go's `regexp` accepts (RE2 with Perl's extensions), with its errors. */
class Re2Parser {
  private readonly text: string;
  private at = 0;
  private flags: Re2Flags;
  private captures = 0;
  private readonly groups: Group[] = [];

  constructor(text: string, flags: Re2Flags) {
    this.text = text;
    this.flags = flags;
    this.groups.push({ flags, capture: 0, name: "", alternatives: [], items: [] });
  }

  parse(): RegexNode {
    let lastRepeat = -1;
    while (this.at < this.text.length) {
      const start = this.at;
      const char = this.text.charAt(start);
      let repeated = false;
      if (char === "(") this.open();
      else if (char === "|") this.bar();
      else if (char === ")") this.close();
      else if (char === "*" || char === "+" || char === "?") {
        this.at++;
        this.repeat(start, lastRepeat, char === "+" ? 1 : 0, char === "?" ? 1 : -1);
        repeated = true;
      } else if (char === "{" && this.counted(start, lastRepeat)) repeated = true;
      else this.atom(char);
      lastRepeat = repeated ? start : -1;
    }
    if (this.groups.length > 1) throw new Re2SyntaxError("missing closing )", this.text);
    return this.finish(this.top());
  }

  private top(): Group {
    const group = this.groups.at(-1);
    if (group === undefined) throw new RangeError("the group stack is never empty");
    return group;
  }

  private push(node: RegexNode): void {
    this.top().items.push(node);
  }

  private finish(group: Group): RegexNode {
    const alternatives = [...group.alternatives, concat(group.items)];
    const [only] = alternatives;
    return alternatives.length === 1 && only !== undefined ? only : { op: "alternate", subs: alternatives };
  }

  private bar(): void {
    const group = this.top();
    group.alternatives.push(concat(group.items));
    group.items = [];
    this.at++;
  }

  private close(): void {
    if (this.groups.length === 1) throw new Re2SyntaxError("unexpected )", this.text);
    const group = this.top();
    this.groups.pop();
    this.flags = group.flags;
    this.at++;
    const sub = this.finish(group);
    this.push(group.capture === 0 ? sub : { op: "capture", index: group.capture, name: group.name, sub });
  }

  private open(): void {
    if (this.groups.length > MAX_DEPTH) throw new Re2SyntaxError("expression nests too deeply", this.text);
    if (this.text.charAt(this.at + 1) === "?") {
      this.perlGroup();
      return;
    }
    this.at++;
    this.enter(++this.captures, "");
  }

  private enter(capture: number, name: string, flags: Re2Flags = this.flags): void {
    this.groups.push({ flags: this.flags, capture, name, alternatives: [], items: [] });
    this.flags = flags;
  }

  private perlGroup(): void {
    const rest = this.text.slice(this.at);
    if (/^\(\?P?</.test(rest)) {
      const named = /^\(\?P?<([^>]*)>/.exec(rest);
      if (named === null) throw new Re2SyntaxError("invalid named capture", rest);
      const [whole, name = ""] = named;
      if (!/^\w+$/.test(name)) throw new Re2SyntaxError("invalid named capture", whole);
      this.at += whole.length;
      this.enter(++this.captures, name);
      return;
    }
    const start = this.at;
    this.at += 2;
    const set: Record<string, boolean> = {};
    let sign = true;
    let sawFlag = false;
    for (;;) {
      const char = this.text.charAt(this.at);
      this.at += char === "" ? 0 : char.length;
      if (char !== "" && "imsU".includes(char)) {
        set[char] = sign;
        sawFlag = true;
      } else if (char === "-" && sign) {
        sign = false;
        sawFlag = false;
      } else if ((char === ":" || char === ")") && (sign || sawFlag)) {
        const flags = {
          fold: set["i"] ?? this.flags.fold,
          multiLine: set["m"] ?? this.flags.multiLine,
          dotNl: set["s"] ?? this.flags.dotNl,
          swapGreed: set["U"] ?? this.flags.swapGreed,
        };
        if (char === ":") this.enter(0, "", flags);
        else this.flags = flags;
        return;
      } else {
        throw new Re2SyntaxError("invalid or unsupported Perl syntax", this.text.slice(start, this.at));
      }
    }
  }

  private counted(start: number, lastRepeat: number): boolean {
    const counts = /^\{(\d{1,9})(?:(,)(\d{0,9}))?\}/.exec(this.text.slice(start));
    if (counts === null || /^0\d/.test(counts[1] ?? "") || /^0\d/.test(counts[3] ?? "")) return false;
    const [whole, minText = "", comma, maxText = ""] = counts;
    const min = Number(minText);
    const max = comma === undefined ? min : maxText === "" ? -1 : Number(maxText);
    if (min > MAX_REPEAT || max > MAX_REPEAT || (max >= 0 && min > max)) {
      throw new Re2SyntaxError("invalid repeat count", whole);
    }
    this.at += whole.length;
    this.repeat(start, lastRepeat, min, max);
    return true;
  }

  private repeat(start: number, lastRepeat: number, min: number, max: number): void {
    const lazy = this.text.charAt(this.at) === "?";
    if (lazy) this.at++;
    if (lastRepeat >= 0) {
      throw new Re2SyntaxError("invalid nested repetition operator", this.text.slice(lastRepeat, this.at));
    }
    const { items } = this.top();
    const sub = items.pop();
    const written = this.text.slice(start, this.at);
    if (sub === undefined) throw new Re2SyntaxError("missing argument to repetition operator", written);
    if ((min >= 2 || max >= 2) && repeatSize(sub) * Math.max(min, max, 1) > MAX_REPEAT) {
      throw new Re2SyntaxError("invalid repeat count", written);
    }
    items.push({ op: "repeat", sub, min, max, greedy: lazy === this.flags.swapGreed });
  }

  private atom(char: string): void {
    switch (char) {
      case "^":
        this.at++;
        return this.push({ op: this.flags.multiLine ? "beginLine" : "beginText" });
      case "$":
        this.at++;
        return this.push({ op: this.flags.multiLine ? "endLine" : "endText" });
      case ".":
        this.at++;
        return this.push({ op: this.flags.dotNl ? "any" : "anyNotNl" });
      case "[":
        return this.class();
      case "\\":
        return this.escape();
      default:
        return this.literal(this.rune());
    }
  }

  private rune(): number {
    const rune = this.text.codePointAt(this.at) ?? 0;
    this.at += rune > 0xffff ? 2 : 1;
    return rune;
  }

  private literal(rune: number): void {
    this.push({ op: "literal", runes: [rune], fold: this.flags.fold && hasCase(rune) });
  }

  private escape(): void {
    const next = this.text.charAt(this.at + 1);
    const simple = (node: RegexNode): void => {
      this.at += 2;
      this.push(node);
    };
    if (next === "A") return simple({ op: "beginText" });
    if (next === "z") return simple({ op: "endText" });
    if (next === "b") return simple({ op: "wordBoundary" });
    if (next === "B") return simple({ op: "noWordBoundary" });
    if (next === "C") throw new Re2SyntaxError("invalid escape sequence", "\\C");
    if (next === "Q") {
      const end = this.text.indexOf("\\E", this.at + 2);
      const body = this.text.slice(this.at + 2, end < 0 ? undefined : end);
      for (const char of body) this.literal(char.codePointAt(0) ?? 0);
      this.at = end < 0 ? this.text.length : end + 2;
      return;
    }
    const item = this.classEscape();
    if (item !== null) return this.push({ op: "class", items: item, negated: false, fold: this.flags.fold });
    this.literal(this.escapedRune());
  }

  /** `\pL`, `\d` and the like, inside a class or out of one. */
  private classEscape(): readonly ClassItem[] | null {
    const kind = this.text.charAt(this.at + 1);
    if (kind === "p" || kind === "P") {
      const rest = this.text.slice(this.at);
      const found = /^\\[pP](?:\{([^}]*)\}|([^{]))/su.exec(rest);
      if (found === null) throw new Re2SyntaxError("invalid character class range", rest);
      const item = unicodeClass(found[1] ?? found[2] ?? "", kind === "P");
      if (item === null) throw new Re2SyntaxError("invalid character class range", found[0]);
      this.at += found[0].length;
      return [item];
    }
    const perl = perlClass(kind);
    if (perl !== null) this.at += 2;
    return perl;
  }

  private escapedRune(): number {
    const start = this.at;
    this.at++;
    if (this.at >= this.text.length) throw new Re2SyntaxError("trailing backslash at end of expression", "");
    const rest = this.text.slice(this.at);
    const octal = /^(?:[1-7][0-7]{1,2}|0[0-7]{0,2})/.exec(rest)?.[0];
    if (octal !== undefined) {
      this.at += octal.length;
      return Number.parseInt(octal, 8);
    }
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\})/.exec(rest);
    if (hex !== null) {
      const rune = Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
      if (rune <= MAX_RUNE) {
        this.at += hex[0].length;
        return rune;
      }
    }
    const simple = "afnrtv".indexOf(rest.charAt(0));
    if (simple >= 0) {
      this.at++;
      return [7, 12, 10, 13, 9, 11][simple] ?? 0;
    }
    const rune = this.rune();
    if (rune < 0x80 && !/\w/.test(String.fromCodePoint(rune))) return rune;
    throw new Re2SyntaxError("invalid escape sequence", this.text.slice(start, this.at));
  }

  private class(): void {
    const start = this.at;
    this.at++;
    const negated = this.text.charAt(this.at) === "^";
    if (negated) this.at++;
    const items: ClassItem[] = [];
    for (let first = true; this.text.charAt(this.at) !== "]" || first; first = false) {
      if (this.at >= this.text.length) throw new Re2SyntaxError("missing closing ]", this.text.slice(start));
      const posix = /^\[:([^\]]*?):\]/.exec(this.text.slice(this.at, this.at + 64));
      if (posix !== null) {
        const named = posixClass(posix[1] ?? "");
        if (named === null) throw new Re2SyntaxError("invalid character class range", posix[0]);
        items.push(...named);
        this.at += posix[0].length;
        continue;
      }
      const escaped = this.text.charAt(this.at) === "\\" ? this.classEscape() : null;
      if (escaped !== null) items.push(...escaped);
      else items.push(this.range(start));
    }
    this.at++;
    this.push({ op: "class", items, negated, fold: this.flags.fold && items.some(foldable) });
  }

  private range(classStart: number): ClassItem {
    const start = this.at;
    const lo = this.classRune(classStart);
    if (this.text.charAt(this.at) !== "-" || this.text.charAt(this.at + 1) === "]" || this.at + 1 >= this.text.length) {
      return { lo, hi: lo };
    }
    this.at++;
    const hi = this.classRune(classStart);
    if (hi < lo) throw new Re2SyntaxError("invalid character class range", this.text.slice(start, this.at));
    return { lo, hi };
  }

  private classRune(classStart: number): number {
    if (this.at >= this.text.length) throw new Re2SyntaxError("missing closing ]", this.text.slice(classStart));
    return this.text.charAt(this.at) === "\\" ? this.escapedRune() : this.rune();
  }
}

function hasCase(rune: number): boolean {
  const char = String.fromCodePoint(rune);
  return char.toLowerCase() !== char || char.toUpperCase() !== char;
}

function foldable(item: ClassItem): boolean {
  return isClassProperty(item) || item.hi - item.lo > 64 || hasCase(item.lo) || hasCase(item.hi) || item.hi > item.lo;
}

/** Neighbouring literals of one kind become one. */
export function concat(items: readonly RegexNode[]): RegexNode {
  const subs: RegexNode[] = [];
  for (const item of items) {
    const last = subs.at(-1);
    if (item.op === "literal" && last?.op === "literal" && item.fold === last.fold) {
      subs[subs.length - 1] = { op: "literal", runes: [...last.runes, ...item.runes], fold: last.fold };
    } else {
      subs.push(item);
    }
  }
  const [only] = subs;
  if (only === undefined) return { op: "empty" };
  return subs.length === 1 ? only : { op: "concat", subs };
}

function repeatSize(node: RegexNode): number {
  if (node.op === "repeat") return repeatSize(node.sub) * Math.max(node.min, node.max, 1);
  if (node.op === "capture") return repeatSize(node.sub);
  if (node.op !== "concat" && node.op !== "alternate") return 1;
  return node.subs.reduce((largest, sub) => Math.max(largest, repeatSize(sub)), 1);
}

/** Parses a regular expression; throws `Re2SyntaxError`. */
export function parseRe2(text: string, flags: Re2Flags = PERL_FLAGS): RegexNode {
  return new Re2Parser(text, flags).parse();
}

/** Go's message for a regular expression that does not compile; `null` when it does. */
export function re2Error(text: string): string | null {
  try {
    parseRe2(text);
    return null;
  } catch (error) {
    if (error instanceof Re2SyntaxError) return error.message;
    throw error;
  }
}
