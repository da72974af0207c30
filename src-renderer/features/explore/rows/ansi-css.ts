import type { ColorName } from "ansi-sequence-parser";
import type { AnsiColor, AnsiStyle } from "./ansi-style.ts";

/** What a style comes to in CSS. `ground` says that the text has a background of its own. */
export interface AnsiCss {
  readonly color: string | null;
  readonly backgroundColor: string | null;
  readonly ground: boolean;
}

/**
 * Named colours are tokens of the list: on the list's own ground they are those of the theme, on a ground of the line's own
 * those of a terminal (class `ansiGround`), because "white" must then be white in the light theme too. A ground without a
 * colour of text gets black or white, whichever can be read.
 */
export function ansiCss({ foreground, background, decorations }: AnsiStyle): AnsiCss {
  const reversed = decorations.includes("reverse");
  const front = reversed ? background : foreground;
  const back = reversed ? foreground : background;
  const ground = back !== null || reversed;
  return {
    color: front === null ? (back === null ? null : readableOn(back)) : colorCss(front),
    backgroundColor: back === null ? null : colorCss(back),
    ground,
  };
}

const LIGHT: ReadonlySet<ColorName> = new Set([
  "white",
  "brightRed",
  "brightGreen",
  "brightYellow",
  "brightBlue",
  "brightMagenta",
  "brightCyan",
  "brightWhite",
]);

function readableOn(color: AnsiColor): string {
  if (color.kind === "named") return LIGHT.has(color.name) ? "#000" : "#fff";
  const [red = 0, green = 0, blue = 0] = (color.css.match(/\d+/g) ?? []).map(Number);
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? "#000" : "#fff";
}

function colorCss(color: AnsiColor): string {
  return color.kind === "named" ? `var(--ansi-${color.name})` : color.css;
}
