import { useMemo, type CSSProperties, type ReactElement } from "react";
import type { AnsiColor, AnsiStyle } from "../rows/ansi-style.ts";
import { isPlainLine, lineSegments } from "../rows/line-segments.ts";
import rowStyles from "../rows/rows.module.css";

/** A piece of a line as React draws it: the same styles, chips and marks as in the list. */
export function RowText({ line }: { readonly line: string }): ReactElement {
  const segments = useMemo(() => (isPlainLine(line) ? null : lineSegments(line, [])), [line]);
  if (segments === null) return <>{line}</>;
  return (
    <>
      {segments.map((segment, index) => (
        <span
          className={segment.chip ? rowStyles.chip : undefined}
          // oxlint-disable-next-line react/no-array-index-key -- segments have no name but their place
          key={index}
          style={segment.style === null ? undefined : ansiCss(segment.style)}
        >
          {segment.text}
        </span>
      ))}
    </>
  );
}

function ansiCss({ foreground, background, decorations }: AnsiStyle): CSSProperties {
  const [front, back] = decorations.includes("reverse") ? [background, foreground] : [foreground, background];
  return {
    ...(front === null ? {} : { color: colorCss(front) }),
    ...(back === null ? {} : { backgroundColor: colorCss(back) }),
    ...(decorations.includes("bold") ? { fontWeight: 700 } : {}),
    ...(decorations.includes("italic") ? { fontStyle: "italic" } : {}),
    ...(decorations.includes("underline") ? { textDecoration: "underline" } : {}),
  };
}

function colorCss(color: AnsiColor): string {
  return color.kind === "named" ? `var(--ansi-${color.name})` : color.css;
}
