import { splitAnsi, type AnsiStyle } from "./ansi-style.ts";
import {
  hasHiddenCharacters,
  hiddenCharacterLabel,
  splitHiddenCharacters,
} from "../../../components/control-characters.ts";

/** A stretch of a line that is drawn in one way. Only ever written as text, never as markup. */
export interface LineSegment {
  readonly text: string;
  readonly style: AnsiStyle | null;
  /** Stands for a character that a screen would not show. */
  readonly chip: boolean;
  /** Belongs to what is searched for. */
  readonly hit: boolean;
}

/** `[from, to)` in the line as it came. */
export type TextSpan = readonly [from: number, to: number];

/** More hits than this in one line are not marked one by one: they would cost more than they tell. */
export const MAX_HITS_A_LINE = 200;

/** Whether a line can be written as it is. */
export function isPlainLine(line: string): boolean {
  return !hasHiddenCharacters(line);
}

/**
 * The line in segments: colour sequences become styles, hidden characters chips, spans of `hits` are marked. Hits may cover
 * sequences that are not shown; then what is shown of them is marked.
 */
export function lineSegments(line: string, hits: readonly TextSpan[]): readonly LineSegment[] {
  const segments: LineSegment[] = [];
  for (const piece of splitAnsi(line)) {
    for (const part of splitHiddenCharacters(piece.text)) {
      const at = piece.at + part.at;
      if (part.hidden) {
        const hit = hits.some(([from, to]) => from <= at && at < to);
        segments.push({ text: hiddenCharacterLabel(part.text), style: piece.style, chip: true, hit });
        continue;
      }
      for (const [text, hit] of cutByHits(part.text, at, hits)) {
        segments.push({ text, style: piece.style, chip: false, hit });
      }
    }
  }
  return segments;
}

/** The segments that fall into a window of `length` characters from `from` on, counted as they are shown. */
export function sliceSegments(segments: readonly LineSegment[], from: number, length: number): readonly LineSegment[] {
  const cut: LineSegment[] = [];
  let at = 0;
  for (const segment of segments) {
    const start = Math.max(0, from - at);
    const end = Math.min(segment.text.length, from + length - at);
    if (end > start) cut.push({ ...segment, text: segment.text.slice(start, end) });
    at += segment.text.length;
    if (at >= from + length) break;
  }
  return cut;
}

function* cutByHits(text: string, at: number, hits: readonly TextSpan[]): Generator<readonly [string, boolean]> {
  let done = 0;
  for (const [from, to] of hits) {
    const start = Math.max(done, from - at);
    const end = Math.min(text.length, to - at);
    if (end <= start) continue;
    if (start > done) yield [text.slice(done, start), false];
    yield [text.slice(start, end), true];
    done = end;
  }
  if (done < text.length) yield [text.slice(done), false];
}
