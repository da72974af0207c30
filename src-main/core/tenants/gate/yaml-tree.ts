import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from "yaml";
import type { GatePlace, UnreadableInput } from "./label-use.ts";

/** A YAML node that knows where it stands, also in a text that is a value of another YAML. */
export interface YamlTree {
  readonly place: GatePlace;
  /** A member by the first of these names that there is; names of collectors differ by `_` and capitals. */
  member(...names: readonly string[]): YamlTree | null;
  members(): readonly { readonly name: string; readonly at: GatePlace; readonly value: YamlTree | null }[];
  items(): readonly YamlTree[];
  /** Of a scalar that is not null. */
  text(): string | null;
  /** Where the first line of a block of text stands; the text's other lines follow it. */
  textFrom(): TextOrigin;
}

/** Where a text was taken from. Lines of quoted scalars cannot be told apart, so all stand where the scalar begins. */
export interface TextOrigin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly linesFollow: boolean;
}

const MAX_ALIASES = 1_000;

class Tree implements YamlTree {
  readonly #node: Node;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #origin: TextOrigin;

  constructor(node: Node, document: Document.Parsed, lines: LineCounter, origin: TextOrigin) {
    this.#node = node;
    this.#document = document;
    this.#lines = lines;
    this.#origin = origin;
  }

  get place(): GatePlace {
    return placeIn(this.#origin, this.#lines.linePos(this.#node.range?.[0] ?? 0));
  }

  member(...names: readonly string[]): YamlTree | null {
    const all = this.members();
    for (const name of names) {
      const found = all.find((each) => each.name === name);
      if (found !== undefined) return found.value;
    }
    return null;
  }

  members(): readonly { readonly name: string; readonly at: GatePlace; readonly value: YamlTree | null }[] {
    if (!isMap(this.#node)) return [];
    return this.#node.items.flatMap(({ key, value }) => {
      if (!isScalar(key)) return [];
      const at = placeIn(this.#origin, this.#lines.linePos(key.range?.[0] ?? 0));
      return [{ name: String(key.value), at, value: this.#wrap(value) }];
    });
  }

  items(): readonly YamlTree[] {
    if (!isSeq(this.#node)) return [];
    return this.#node.items.flatMap((item) => this.#wrap(item) ?? []);
  }

  text(): string | null {
    if (!isScalar(this.#node) || this.#node.value === null) return null;
    const { value, source } = this.#node;
    // `2024-01-01` or `007` as it was written, not as what YAML makes of it.
    return typeof value === "string" ? value : (source ?? JSON.stringify(value));
  }

  textFrom(): TextOrigin {
    const { file, line, column } = this.place;
    const block = isScalar(this.#node) && this.#node.type === "BLOCK_LITERAL";
    return {
      file,
      line: block ? line + 1 : line,
      column: block ? 1 : column,
      linesFollow: block && this.#origin.linesFollow,
    };
  }

  #wrap(value: unknown): YamlTree | null {
    const node = isAlias(value) ? value.resolve(this.#document) : value;
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    return new Tree(node, this.#document, this.#lines, this.#origin);
  }
}

function placeIn(origin: TextOrigin, { line, col }: { readonly line: number; readonly col: number }): GatePlace {
  if (!origin.linesFollow) return { file: origin.file, line: origin.line, column: origin.column };
  return { file: origin.file, line: origin.line + line - 1, column: line === 1 ? origin.column + col - 1 : col };
}

export function originOfFile(file: string): TextOrigin {
  return { file, line: 1, column: 1, linesFollow: true };
}

/** Every document of a text. One with an error is told and left out. */
export function readYaml(
  text: string,
  origin: TextOrigin,
): { readonly documents: readonly YamlTree[]; readonly unreadable: readonly UnreadableInput[] } {
  const lines = new LineCounter();
  const documents: YamlTree[] = [];
  const unreadable: UnreadableInput[] = [];
  // Names that stand twice and tags of Helm are no reason not to look at the rest.
  for (const document of parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })) {
    if (!("errors" in document)) continue;
    const [error] = document.errors;
    if (error !== undefined) {
      unreadable.push({
        place: placeIn(origin, lines.linePos(error.pos[0])),
        problem: `no YAML: ${error.message.slice(0, 300)}`,
      });
      continue;
    }
    try {
      document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (failure) {
      const problem = failure instanceof Error ? failure.message.slice(0, 300) : "too many aliases";
      unreadable.push({ place: { file: origin.file, line: origin.line, column: origin.column }, problem });
      continue;
    }
    if (document.contents !== null) documents.push(new Tree(document.contents, document, lines, origin));
  }
  return { documents, unreadable };
}
