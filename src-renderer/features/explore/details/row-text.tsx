import { useMemo, type CSSProperties, type ReactElement } from "react";
import { ansiCss } from "../rows/ansi-css.ts";
import type { AnsiStyle } from "../rows/ansi-style.ts";
import { isPlainLine, lineSegments, type LineSegment } from "../rows/line-segments.ts";
import rowStyles from "../rows/rows.module.css";

/** A piece of a line as React draws it: the same styles, chips and marks as in the list. */
export function RowText({ line }: { readonly line: string }): ReactElement {
  const segments = useMemo(() => (isPlainLine(line) ? null : lineSegments(line, [])), [line]);
  if (segments === null) return <>{line}</>;
  return (
    <>
      {segments.map((segment, index) => (
        <span
          className={classOf(segment)}
          // oxlint-disable-next-line react/no-array-index-key -- segments have no name but their place
          key={index}
          style={segment.style === null ? undefined : decorated(segment.style)}
        >
          {segment.text}
        </span>
      ))}
    </>
  );
}

function decorated(style: AnsiStyle): CSSProperties {
  const { color, backgroundColor } = ansiCss(style);
  return {
    ...(color === null ? {} : { color }),
    ...(backgroundColor === null ? {} : { backgroundColor }),
    ...(style.decorations.includes("bold") ? { fontWeight: 700 } : {}),
    ...(style.decorations.includes("italic") ? { fontStyle: "italic" } : {}),
    ...(style.decorations.includes("underline") ? { textDecoration: "underline" } : {}),
  };
}

function classOf({ chip, style }: LineSegment): string {
  const ground = style !== null && ansiCss(style).ground;
  return [chip ? rowStyles.chip : "", ground ? rowStyles.ansiGround : ""].join(" ").trim();
}
