import { useMemo, useState, type FocusEvent } from "react";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { boardLayout, heldLayout, isOutOfOrder, type BoardLayout } from "./board-layout.ts";

export interface ShownLayout {
  readonly layout: BoardLayout;
  /** It would be ordered otherwise, were nobody pointing at it. */
  readonly outOfOrder: boolean;
  readonly sortNow: () => void;
  /** For the element whose content must not move while it is pointed at or holds the focus. */
  readonly handlers: {
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: (event: FocusEvent<HTMLElement>) => void;
  };
}

/** The board's order, which changes with the verdicts and never under the pointer or the focus. */
export function useBoardLayout(health: SiteHealth): ShownLayout {
  const next = useMemo(() => boardLayout(health), [health]);
  const [settled, setSettled] = useState(next);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  if (!held && settled !== next) setSettled(next);
  const layout = useMemo(() => (held ? heldLayout(settled, next) : next), [held, settled, next]);
  const outOfOrder = useMemo(() => held && isOutOfOrder(layout, next), [held, layout, next]);
  return {
    layout,
    outOfOrder,
    sortNow: () => setSettled(next),
    handlers: {
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      onFocus: () => setFocused(true),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
      },
    },
  };
}
