import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { LogBatch, RowExtra } from "../../../../../src-shared/model/log-batch.ts";
import { extraJson, lineText } from "./column-batches.ts";
import { logqlString } from "./query-text.ts";

/*
 * A set of entries of one stream and instant, named by filters, that can be cut into smaller sets.
 *
 * The filters stand right behind the selector, where they see lines as stored. Each cut takes one place of the line (or
 * of one metadata value) at which the sample differs, and makes one part for every character seen there, one for texts
 * that end there, and one for all the rest; so the parts do not overlap, and nothing falls between them, also of what the
 * sample did not show. Only forms of regular expression are used that Loki 3.7 does not rewrite: it turns
 * `literal.*(a|b)` into something else, and takes label filters such as `x.*` for unanchored. A begin anchor in a line
 * filter, and a character class under the star in a label filter, keep it from that.
 */

/** RE2 refuses to count further than this in one repetition. */
const MAX_REPEAT = 1_000;
/** Past this place texts are not compared: the expression would grow too large. */
const MAX_PLACE = 20_000;
/** A line longer than this is not spelt out. */
const MAX_SPELT_CHARACTERS = 4_000;
const ANY = "[^\\x00]";

export class FilterPartition {
  readonly #lineFilters: readonly string[];
  readonly #labelFilters: readonly string[];
  /** The one line that all entries of this set have, once it was spelt out. */
  readonly #spelt: boolean;

  private constructor(lineFilters: readonly string[], labelFilters: readonly string[], spelt: boolean) {
    this.#lineFilters = lineFilters;
    this.#labelFilters = labelFilters;
    this.#spelt = spelt;
  }

  static whole(): FilterPartition {
    return new FilterPartition([], [], false);
  }

  /** Stages to put right behind the selector. */
  filters(): string {
    return [...this.#lineFilters, ...this.#labelFilters].map((filter) => ` ${filter}`).join("");
  }

  /** Smaller sets that together are this one; `null` when the sample shows no difference to cut at. */
  split(sample: LogBatch): readonly FilterPartition[] | null {
    const rows = Array.from({ length: sample.rowCount }, (_, row) => row);
    const lines = rows.map((row) => lineText(sample, row));
    return (
      this.#splitLines(differingPlace(lines)) ??
      this.#splitMetadata(rows.map((row) => metadataOf(sample, row))) ??
      this.#splitOff(lines[0] ?? "")
    );
  }

  #splitLines(cut: Cut | null): readonly FilterPartition[] | null {
    if (cut === null) return null;
    const at = anchored(cut.place);
    const parts = cut.characters.map((character) => this.#withLine(`|~ ${logqlString(`${at}${literal(character)}`)}`));
    // Lines that end before this place, or have another character here than any of the sample.
    return [...parts, this.#withLine(`!~ ${logqlString(`${at}${characterClass(cut.characters)}`)}`)];
  }

  #splitMetadata(metadata: readonly LabelSet[]): readonly FilterPartition[] | null {
    const names = [...new Set(metadata.flatMap((labels) => Object.keys(labels)))].toSorted();
    for (const name of names) {
      const cut = differingPlace(metadata.map((labels) => labels[name] ?? ""));
      if (cut === null) continue;
      const at = repeated(ANY, cut.place);
      const match = (text: string): string => logqlString(`${at}${text}${ANY}*`);
      const parts = cut.characters.map((character) => this.#withLabel(`| ${name}=~${match(literal(character))}`));
      return [...parts, this.#withLabel(`| ${name}!~${match(characterClass(cut.characters))}`)];
    }
    return null;
  }

  /** The sample's entries are all equal. They cannot be told apart, but the others can be told from them. */
  #splitOff(line: string): readonly FilterPartition[] | null {
    const points = [...line];
    if (this.#spelt || points.length > MAX_SPELT_CHARACTERS) return null;
    const exactly = logqlString(`(?s)^${points.map(literal).join("")}$`);
    const equal = new FilterPartition([...this.#lineFilters, `|~ ${exactly}`], this.#labelFilters, true);
    return [equal, this.#withLine(`!~ ${exactly}`)];
  }

  #withLine(filter: string): FilterPartition {
    return new FilterPartition([...this.#lineFilters, filter], this.#labelFilters, this.#spelt);
  }

  #withLabel(filter: string): FilterPartition {
    return new FilterPartition(this.#lineFilters, [...this.#labelFilters, filter], this.#spelt);
  }
}

interface Cut {
  readonly place: number;
  readonly characters: readonly string[];
}

/** The first place, in code points, at which the texts are not all the same; a text that ends there shows no character. */
function differingPlace(texts: readonly string[]): Cut | null {
  const points = texts.map((text) => [...text]);
  const longest = Math.min(
    MAX_PLACE,
    points.reduce((most, text) => Math.max(most, text.length), 0),
  );
  for (let place = 0; place < longest; place++) {
    const seen = new Set(points.map((text) => text[place]));
    if (seen.size > 1) return { place, characters: [...seen].filter((character) => character !== undefined) };
  }
  return null;
}

function metadataOf(batch: LogBatch, row: number): LabelSet {
  const text = extraJson(batch, row);
  if (text === "") return {};
  // The batch was made by `orderedBatch`, which writes this shape only.
  const extra = JSON.parse(text) as RowExtra;
  return extra.m ?? {};
}

/** From the beginning of the text over `place` code points of any kind, line breaks too. */
function anchored(place: number): string {
  return place === 0 ? "(?s)^" : `(?s)^${repeated(".", place)}`;
}

function repeated(one: string, times: number): string {
  let text = "";
  for (let left = times; left > 0; left -= MAX_REPEAT) text += `${one}{${Math.min(left, MAX_REPEAT)}}`;
  return text;
}

function characterClass(characters: readonly string[]): string {
  return `[${characters.map(literal).join("")}]`;
}

function literal(character: string): string {
  return `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
