import type { ReactElement } from "react";
import { useFormats } from "../hooks/use-formats.ts";
import { useNow } from "../hooks/use-now.ts";
import { Tip } from "./tip.tsx";

const TICK_MS = 10_000;

/** How long ago (or until), with the exact instant on hover. */
export function RelativeTime({ atMs }: { readonly atMs: number }): ReactElement {
  const formats = useFormats();
  const now = useNow(TICK_MS);
  // What has happened since the last tick is not to come.
  const shownMs = atMs > now && atMs - now < TICK_MS ? now : atMs;
  return (
    <Tip label={formats.dateTime(atMs)}>
      <time dateTime={new Date(atMs).toISOString()}>{formats.relative(shownMs, now)}</time>
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
