import { createAnsiSequenceParser, type Color, type ColorName } from "ansi-sequence-parser";

/** How a stretch of a line is drawn. Names are of the sixteen terminal colours; `rgb` is an exact colour. */
export interface AnsiStyle {
  readonly foreground: AnsiColor | null;
  readonly background: AnsiColor | null;
  readonly decorations: readonly AnsiDecoration[];
}

export type AnsiColor =
  | { readonly kind: "named"; readonly name: ColorName }
  | { readonly kind: "rgb"; readonly css: string };
export type AnsiDecoration =
  | "bold"
  | "dim"
  | "italic"
  | "underline"
  | "strikethrough"
  | "reverse"
  | "hidden"
  | "overline";

export interface AnsiPiece {
  readonly text: string;
  /** Offset in the line. */
  readonly at: number;
  readonly style: AnsiStyle | null;
}

/** `ESC [ … m` only: it alone is about looks. Every other escape stays in the text and is shown as what it is. */
// oxlint-disable-next-line no-control-regex -- ESC begins every sequence
const SGR = /\u001B\[[0-9;:]*m/g;

const NAMED: readonly ColorName[] = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "brightBlack",
  "brightRed",
  "brightGreen",
  "brightYellow",
  "brightBlue",
  "brightMagenta",
  "brightCyan",
  "brightWhite",
];
const CUBE = [0, 95, 135, 175, 215, 255] as const;

/** The line without its colour sequences, in pieces of one style each. Offsets are those of the whole line. */
export function splitAnsi(line: string): readonly AnsiPiece[] {
  if (!line.includes("\u001B[")) return [{ text: line, at: 0, style: null }];
  const parser = createAnsiSequenceParser();
  const pieces: AnsiPiece[] = [];
  let end = 0;
  let style: AnsiStyle | null = null;
  const push = (to: number): void => {
    if (to > end) pieces.push({ text: line.slice(end, to), at: end, style });
  };
  for (const match of line.matchAll(SGR)) {
    push(match.index);
    // The parser keeps its state between calls; one letter after the sequence shows what it stands at now. It does not
    // know that an empty sequence means reset.
    const [token] = parser.parse(`${match[0] === "\u001B[m" ? "\u001B[0m" : match[0]}x`);
    style = token === undefined ? null : styleOf(token.foreground, token.background, [...token.decorations]);
    end = match.index + match[0].length;
  }
  push(line.length);
  return pieces;
}

function styleOf(
  foreground: Color | null,
  background: Color | null,
  decorations: readonly AnsiDecoration[],
): AnsiStyle | null {
  if (foreground === null && background === null && decorations.length === 0) return null;
  return { foreground: colorOf(foreground), background: colorOf(background), decorations };
}

function colorOf(color: Color | null): AnsiColor | null {
  if (color === null) return null;
  if (color.type === "named") return { kind: "named", name: color.name };
  if (color.type === "rgb") return rgb(color.rgb);
  return tableColor(color.index);
}

/** The 256-colour table of xterm: sixteen names, a cube of six steps a channel, 24 greys. */
function tableColor(index: number): AnsiColor {
  const name = NAMED[index];
  if (name !== undefined) return { kind: "named", name };
  if (index >= 232) {
    const grey = 8 + (Math.min(index, 255) - 232) * 10;
    return rgb([grey, grey, grey]);
  }
  const place = index - 16;
  const step = (value: number): number => CUBE[value % 6] ?? 0;
  return rgb([step(Math.floor(place / 36)), step(Math.floor(place / 6)), step(place)]);
}

function rgb(channels: readonly number[]): AnsiColor {
  const [red, green, blue] = channels.map((value) => Math.min(255, Math.max(0, Math.trunc(value) || 0)));
  return { kind: "rgb", css: `rgb(${red ?? 0} ${green ?? 0} ${blue ?? 0})` };
}
