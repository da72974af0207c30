// oxlint-disable jsx-a11y/prefer-tag-over-role -- drawn by hand: no element of HTML is like it
import { useEffect, useRef, type MouseEvent, type ReactElement } from "react";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./find.module.css";

interface DensityGutterProps {
  /** Matches a slice of the set, from its first row to its last. */
  readonly density: readonly number[];
  readonly total: number;
  /** The row of the current match; -1 for none. */
  readonly hitRow: number;
  readonly onJump: (row: number) => void;
}

/** Where in all the rows the matches are: a strip as high as the list, the darker the more. A click goes there. */
export function DensityGutter({ density, total, hitRow, onJump }: DensityGutterProps): ReactElement {
  const t = useTranslate();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = (): void => drawDensity(element, density, total, hitRow);
    draw();
    const sizes = new ResizeObserver(draw);
    sizes.observe(element);
    // Colours come from the theme's tokens, which change with an attribute of the root.
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, [density, total, hitRow]);
  const onClick = (event: MouseEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientY - box.top) / Math.max(1, box.height);
    onJump(Math.min(total - 1, Math.max(0, Math.floor(share * total))));
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- the keyboard goes from match to match
    <canvas
      aria-label={t("explore.find.gutter")}
      className={styles.gutter}
      data-testid="density-gutter"
      onClick={onClick}
      ref={canvas}
      role="img"
    />
  );
}

function drawDensity(canvas: HTMLCanvasElement, density: readonly number[], total: number, hitRow: number): void {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.max(1, Math.round(clientWidth * ratio));
  canvas.height = Math.max(1, Math.round(clientHeight * ratio));
  const context = canvas.getContext("2d");
  if (context === null || density.length === 0) return;
  const style = getComputedStyle(canvas);
  const most = density.reduce((highest, count) => Math.max(highest, count), 0);
  context.fillStyle = style.getPropertyValue("--hit-current").trim() || "orange";
  const slice = canvas.height / density.length;
  for (const [index, count] of density.entries()) {
    if (count === 0) continue;
    // One match in a million rows must be seen too: never fainter than a third, never lower than two pixels.
    context.globalAlpha = 0.35 + 0.65 * (Math.log1p(count) / Math.log1p(most));
    context.fillRect(2 * ratio, index * slice, canvas.width - 4 * ratio, Math.max(2 * ratio, slice));
  }
  if (hitRow < 0 || total === 0) return;
  context.globalAlpha = 1;
  context.fillStyle = style.getPropertyValue("--text").trim() || "white";
  context.fillRect(0, (hitRow / total) * canvas.height - ratio, canvas.width, 2 * ratio);
}
