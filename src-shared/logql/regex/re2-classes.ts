import { type ClassItem, type ClassRange, MAX_RUNE } from "./regex-node.ts";

/** The named character classes of RE2: all ASCII. */

function ranges(...pairs: readonly (readonly [string, string])[]): readonly ClassRange[] {
  return pairs.map(([lo, hi]) => ({ lo: lo.charCodeAt(0), hi: hi.charCodeAt(0) }));
}

const DIGIT = ranges(["0", "9"]);
const SPACE = ranges(["\t", "\n"], ["\f", "\r"], [" ", " "]);
const WORD = ranges(["0", "9"], ["A", "Z"], ["_", "_"], ["a", "z"]);

const POSIX: ReadonlyMap<string, readonly ClassRange[]> = new Map([
  ["alnum", ranges(["0", "9"], ["A", "Z"], ["a", "z"])],
  ["alpha", ranges(["A", "Z"], ["a", "z"])],
  ["ascii", ranges(["\0", "\x7f"])],
  ["blank", ranges(["\t", "\t"], [" ", " "])],
  ["cntrl", ranges(["\0", "\x1f"], ["\x7f", "\x7f"])],
  ["digit", DIGIT],
  ["graph", ranges(["!", "~"])],
  ["lower", ranges(["a", "z"])],
  ["print", ranges([" ", "~"])],
  ["punct", ranges(["!", "/"], [":", "@"], ["[", "`"], ["{", "~"])],
  ["space", ranges(["\t", "\r"], [" ", " "])],
  ["upper", ranges(["A", "Z"])],
  ["word", WORD],
  ["xdigit", ranges(["0", "9"], ["A", "F"], ["a", "f"])],
]);

/** All code points outside of sorted ranges. */
export function complement(sorted: readonly ClassRange[]): readonly ClassRange[] {
  const out: ClassRange[] = [];
  let next = 0;
  for (const { lo, hi } of sorted) {
    if (lo > next) out.push({ lo: next, hi: lo - 1 });
    next = hi + 1;
  }
  if (next <= MAX_RUNE) out.push({ lo: next, hi: MAX_RUNE });
  return out;
}

/** The class of `\d`, `\D`, `\s` and so on; `null` for another letter. */
export function perlClass(letter: string): readonly ClassRange[] | null {
  const lower = letter.toLowerCase();
  const base = lower === "d" ? DIGIT : lower === "s" ? SPACE : lower === "w" ? WORD : null;
  if (base === null) return null;
  return letter === lower ? base : complement(base);
}

/** The class of `[:alpha:]` or `[:^alpha:]`, given what stands between the colons; `null` for an unknown name. */
export function posixClass(name: string): readonly ClassRange[] | null {
  const negated = name.startsWith("^");
  const base = POSIX.get(negated ? name.slice(1) : name);
  if (base === undefined) return null;
  return negated ? complement(base) : base;
}

function isProperty(expression: string): boolean {
  try {
    void new RegExp(`\\p{${expression}}`, "u");
    return true;
  } catch {
    return false;
  }
}

/** `\p{name}` with the name as RE2 has it, a general category or a script; `null` when there is none such. */
export function unicodeClass(name: string, negated: boolean): ClassItem | null {
  const inverted = name.startsWith("^");
  const plain = inverted ? name.slice(1) : name;
  const sign = negated !== inverted;
  if (!/^[A-Za-z_]+$/.test(plain)) return null;
  if (plain === "Any") return { property: "Any", negated: sign };
  if (/^[A-Z][a-z]?$/.test(plain) && isProperty(plain)) return { property: plain, negated: sign };
  const script = `Script=${plain}`;
  return plain.length > 2 && isProperty(script) ? { property: script, negated: sign } : null;
}
