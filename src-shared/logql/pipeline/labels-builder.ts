import type { LabelSet } from "../../model/labels.ts";
import type { LabelColumns } from "./labels-result.ts";
import type { ParserHints } from "./parser-hints.ts";

/** Where a label comes from; a later kind hides an earlier one of the same name. */
export const STREAM_LABEL = 0;
export const METADATA_LABEL = 1;
export const PARSED_LABEL = 2;
export type LabelCategory = typeof STREAM_LABEL | typeof METADATA_LABEL | typeof PARSED_LABEL;

export const ERROR_LABEL = "__error__";
export const ERROR_DETAILS_LABEL = "__error_details__";
export const PRESERVE_ERROR_LABEL = "__preserve_error__";

/** A name that is taken gets this behind it. */
const DUPLICATE_SUFFIX = "_extracted";

export function isErrorLabel(name: string): boolean {
  return name === ERROR_LABEL || name === ERROR_DETAILS_LABEL;
}

/** Loki stores metadata names with every run of other characters as one `_`. */
export function normalizeMetadataName(name: string): string {
  return /^\w*$/.test(name) ? name : name.replace(/[^A-Za-z0-9_]+/g, "_");
}

/**
 * The labels of one line on its way through a pipeline: those of the stream, and on top of them what metadata, parsers and
 * formats added or took away. One builder serves all lines of a stream, `reset` before each.
 */
export class LabelsBuilder {
  readonly base: ReadonlyMap<string, string>;
  readonly hints: ParserHints;
  /** Why a stage failed for this line (`__error__`), and its details; "" for neither. */
  error = "";
  errorDetails = "";
  // Filled up to their counts; cutting arrays to length 0 would free and allocate them again for every line.
  private readonly names: string[] = [];
  private readonly values: string[] = [];
  private readonly categories: LabelCategory[] = [];
  private count = 0;
  private readonly deleted: string[] = [];
  private deletedCount = 0;
  /** Names that parsers gave a value to: the first one stays. */
  private readonly extracted: string[] = [];
  private extractedCount = 0;

  constructor(base: LabelSet, hints: ParserHints) {
    this.base = new Map(Object.entries(base));
    this.hints = hints;
  }

  reset(metadata: LabelSet | undefined): void {
    this.count = 0;
    this.deletedCount = 0;
    this.extractedCount = 0;
    this.error = "";
    this.errorDetails = "";
    if (metadata !== undefined) this.addMetadata(metadata);
  }

  private addMetadata(metadata: LabelSet): void {
    for (const key of Object.keys(metadata)) {
      const value = metadata[key] ?? "";
      const plain = normalizeMetadataName(key);
      const name = this.base.has(plain) ? plain + DUPLICATE_SUFFIX : plain;
      if (name === ERROR_LABEL) this.error = value;
      else if (name === ERROR_DETAILS_LABEL) this.errorDetails = value;
      else this.set(METADATA_LABEL, name, value);
    }
  }

  private find(name: string): number {
    const { names, count } = this;
    for (let at = 0; at < count; at++) if (names[at] === name) return at;
    return -1;
  }

  private isDeleted(name: string): boolean {
    for (let at = 0; at < this.deletedCount; at++) if (this.deleted[at] === name) return true;
    return false;
  }

  /** The value of a label; `undefined` when there is none. Never the error labels that stages set. */
  get(name: string): string | undefined {
    const at = this.find(name);
    if (at >= 0) return this.values[at];
    return this.isDeleted(name) ? undefined : this.base.get(name);
  }

  set(category: LabelCategory, name: string, value: string): void {
    const at = this.find(name);
    if (at < 0) {
      this.names[this.count] = name;
      this.values[this.count] = value;
      this.categories[this.count++] = category;
    } else if (category >= (this.categories[at] ?? STREAM_LABEL)) {
      this.values[at] = value;
      this.categories[at] = category;
    }
  }

  delete(name: string): void {
    const at = this.find(name);
    if (at >= 0) {
      const last = --this.count;
      for (let next = at; next < last; next++) {
        this.names[next] = this.names[next + 1] ?? "";
        this.values[next] = this.values[next + 1] ?? "";
        this.categories[next] = this.categories[next + 1] ?? STREAM_LABEL;
      }
    }
    this.deleted[this.deletedCount++] = name;
  }

  setError(error: string, details: string): void {
    this.error = error;
    this.errorDetails = details;
  }

  /** The name under which a parser's field goes: with a suffix where stream or metadata have that name. */
  freeName(name: string): string {
    if (this.base.has(name)) return name + DUPLICATE_SUFFIX;
    const at = this.find(name);
    return at >= 0 && this.categories[at] !== PARSED_LABEL ? name + DUPLICATE_SUFFIX : name;
  }

  /**
   * The name under which a parser gives a field to the labels; `null` when it must not, because the name has been extracted
   * before or is not needed. The caller sets the label then.
   */
  claim(plain: string): string | null {
    const name = this.freeName(plain);
    const { extracted, extractedCount } = this;
    for (let at = 0; at < extractedCount; at++) if (extracted[at] === name) return null;
    const { required } = this.hints;
    if (required !== null && !required.includes(name)) return null;
    extracted[this.extractedCount++] = name;
    return name;
  }

  /** Equal for lines of one stream whose labels are equal and were made in the same order. */
  signature(): string {
    let text = "";
    for (let at = 0; at < this.count; at++) {
      text += `${this.categories[at]}${this.names[at]}\u0000${this.values[at]}\u0001`;
    }
    for (let at = 0; at < this.deletedCount; at++) text += `\u0002${this.deleted[at]}`;
    return this.error === "" ? text : `${text}\u0003${this.error}\u0000${this.errorDetails}`;
  }

  /** Whether the parsers may stop: everything that is needed has been extracted. */
  allExtracted(): boolean {
    const { required } = this.hints;
    return required !== null && this.extractedCount === required.length;
  }

  /** Whether the line has exactly its stream's labels. */
  isUnchanged(): boolean {
    return this.count === 0 && this.deletedCount === 0 && this.error === "";
  }

  /** A copy of all labels, in no order; the error labels too. */
  columns(): LabelColumns {
    const names: string[] = [];
    const values: string[] = [];
    const categories: LabelCategory[] = [];
    this.forEach((name, value, category) => {
      names.push(name);
      values.push(value);
      categories.push(category);
    });
    return { names, values, categories };
  }

  /** Calls back for every label but the error ones, in no order. */
  forEachPlain(visit: (name: string, value: string, category: LabelCategory) => void): void {
    for (const [name, value] of this.base) {
      if (this.find(name) < 0 && !this.isDeleted(name)) visit(name, value, STREAM_LABEL);
    }
    for (let at = 0; at < this.count; at++) {
      visit(this.names[at] ?? "", this.values[at] ?? "", this.categories[at] ?? STREAM_LABEL);
    }
  }

  /** Calls back for every label, in no order; the error labels too. */
  forEach(visit: (name: string, value: string, category: LabelCategory) => void): void {
    this.forEachPlain(visit);
    if (this.error !== "") visit(ERROR_LABEL, this.error, PARSED_LABEL);
    if (this.error !== "" && this.errorDetails !== "") visit(ERROR_DETAILS_LABEL, this.errorDetails, PARSED_LABEL);
  }
}
