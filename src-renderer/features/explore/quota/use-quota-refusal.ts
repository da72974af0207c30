import { useMemo, useState } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { quotaRefusal, type QuotaRefusal } from "./quota-refusal.ts";

export interface RefusedQuery {
  /** What the newest run was refused by; `null` where it was not. */
  readonly refusal: QuotaRefusal | null;
  /** The refusal whose dialog is open. */
  readonly opened: QuotaRefusal | null;
  readonly dismiss: () => void;
  /** Opens a dialog again that was dismissed. */
  readonly open: () => void;
}

/** Each refusal opens a dialog once, by itself; a tail has none, for it is never held back. */
export function useQuotaRefusal(error: WireError | null, live: boolean): RefusedQuery {
  const [dismissed, setDismissed] = useState<WireError | null>(null);
  const refusal = useMemo(() => (live ? null : quotaRefusal(error)), [error, live]);
  return {
    refusal,
    opened: refusal !== null && dismissed !== error ? refusal : null,
    dismiss: () => setDismissed(error),
    open: () => setDismissed(null),
  };
}
