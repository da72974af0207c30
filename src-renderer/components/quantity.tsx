import type { ReactElement } from "react";
import { useFormats } from "../hooks/use-formats.ts";
import { useNow } from "../hooks/use-now.ts";
import { Tip } from "./tip.tsx";

/** How long ago (or until), with the exact instant on hover. */
export function RelativeTime({ atMs }: { readonly atMs: number }): ReactElement {
  const formats = useFormats();
  const now = useNow();
  return (
    <Tip label={formats.dateTime(atMs)}>
      <time dateTime={new Date(atMs).toISOString()}>{formats.relative(atMs, now)}</time>
    </Tip>
  );
}

/** Bytes for people, with the exact number on hover. */
export function Bytes({ value }: { readonly value: number }): ReactElement {
  const formats = useFormats();
  return (
    <Tip label={formats.bytesExact(value)}>
      <span>{formats.bytes(value)}</span>
    </Tip>
  );
}
