import { useMemo, useState, type FocusEvent } from "react";

export interface HeldOrder {
  /** Names in the order they are shown in: what is new comes last, what is gone is left out. */
  readonly order: readonly string[];
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

/** `next` in the order of `before`. */
export function inHeldOrder(before: readonly string[], next: readonly string[]): readonly string[] {
  const there = new Set(next);
  const known = new Set(before);
  return [...before.filter((name) => there.has(name)), ...next.filter((name) => !known.has(name))];
}

/** An order that changes with every board, and never under the pointer or the focus. Give a list that keeps its identity. */
export function useHeldOrder(next: readonly string[]): HeldOrder {
  const [settled, setSettled] = useState(next);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  if (!held && settled !== next) setSettled(next);
  const order = useMemo(() => (held ? inHeldOrder(settled, next) : next), [held, settled, next]);
  const outOfOrder = useMemo(() => held && order.some((name, place) => name !== next[place]), [held, order, next]);
  return {
    order,
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
