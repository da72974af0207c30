/** Rows chosen for copying or saving: one stretch between the row where it began and the row where it ends now. */
export interface RowSelection {
  /** The row with the keyboard; -1 before any was chosen. */
  readonly active: number;
  /** Where the stretch began; equal to `active` when it is one row. */
  readonly origin: number;
}

export const NO_SELECTION: RowSelection = { active: -1, origin: -1 };

export function selectRow(row: number): RowSelection {
  return { active: row, origin: row };
}

/** Moves the end of the stretch; begins one when there is none. */
export function extendTo(selection: RowSelection, row: number): RowSelection {
  return { active: row, origin: selection.origin < 0 ? row : selection.origin };
}

export function selectAll(total: number): RowSelection {
  return total === 0 ? NO_SELECTION : { active: 0, origin: total - 1 };
}

/** `[from, to)` as `logs.copy` takes it; empty when nothing is chosen. */
export function selectedRange(selection: RowSelection): { readonly from: number; readonly to: number } {
  if (selection.active < 0) return { from: 0, to: 0 };
  return {
    from: Math.min(selection.active, selection.origin),
    to: Math.max(selection.active, selection.origin) + 1,
  };
}

/** A single active row shows as active, not as a selection. */
export function isSelected(selection: RowSelection, row: number): boolean {
  const { from, to } = selectedRange(selection);
  return to - from > 1 && row >= from && row < to;
}

/** The row that a movement of the keyboard leads to. */
export function rowAfterKey(
  key: string,
  active: number,
  list: { readonly total: number; readonly firstVisible: number; readonly pageRows: number },
): number | null {
  const from = active < 0 ? list.firstVisible - 1 : active;
  const to = {
    ArrowDown: from + 1,
    j: from + 1,
    ArrowUp: active < 0 ? list.firstVisible : active - 1,
    k: active < 0 ? list.firstVisible : active - 1,
    PageDown: from + list.pageRows,
    PageUp: from - list.pageRows,
    Home: 0,
    End: list.total - 1,
    G: list.total - 1,
  }[key];
  if (to === undefined || list.total === 0) return null;
  return Math.min(list.total - 1, Math.max(0, to));
}
