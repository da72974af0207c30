/** A regular expression of RE2 as a tree. Code points are numbers; flags are resolved into the nodes. */
export interface ClassRange {
  readonly lo: number;
  readonly hi: number;
}

/** `\p{Greek}`, `\PL` */
export interface ClassProperty {
  readonly property: string;
  readonly negated: boolean;
}

export type ClassItem = ClassRange | ClassProperty;

export type RegexNode =
  | { readonly op: "empty" }
  | { readonly op: "literal"; readonly runes: readonly number[]; readonly fold: boolean }
  | { readonly op: "class"; readonly items: readonly ClassItem[]; readonly negated: boolean; readonly fold: boolean }
  | { readonly op: "any" }
  | { readonly op: "anyNotNl" }
  | { readonly op: "beginLine" | "endLine" | "beginText" | "endText" | "wordBoundary" | "noWordBoundary" }
  | { readonly op: "capture"; readonly index: number; readonly name: string; readonly sub: RegexNode }
  /** `max` −1 means without bound. */
  | {
      readonly op: "repeat";
      readonly sub: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly op: "concat" | "alternate"; readonly subs: readonly RegexNode[] };

export const MAX_RUNE = 0x10ffff;

export function isClassProperty(item: ClassItem): item is ClassProperty {
  return "property" in item;
}
