const BYTES_OF_LINE = 16;
const HEX_AT = 10;

export interface HexPiece {
  readonly text: string;
  readonly bad: boolean;
}

/**
 * A line `00000320  4f 63 …  Oc.…` in pieces, those bytes marked that lie at one of the offsets, as hex and as text. A line of
 * another form is one piece.
 */
export function markHexLine(line: string, offsets: ReadonlySet<number>): readonly HexPiece[] {
  const head = /^([0-9a-f]{8,}) {2}/.exec(line);
  if (head === null) return [{ text: line, bad: false }];
  const start = Number.parseInt(head[1] ?? "", 16);
  const shift = (head[1]?.length ?? 8) - 8;
  const textAt = HEX_AT + shift + BYTES_OF_LINE * 3 - 1 + 2;
  const bad = new Set<number>();
  for (let byte = 0; byte < BYTES_OF_LINE; byte += 1) {
    if (!offsets.has(start + byte)) continue;
    const at = HEX_AT + shift + byte * 3;
    bad
      .add(at)
      .add(at + 1)
      .add(textAt + byte);
  }
  const pieces: { text: string; bad: boolean }[] = [];
  for (const [place, character] of [...line].entries()) {
    const last = pieces.at(-1);
    const isBad = bad.has(place);
    if (last !== undefined && last.bad === isBad) last.text += character;
    else pieces.push({ text: character, bad: isBad });
  }
  return pieces;
}
