import type { ReactElement } from "react";

/** How much may be scanned, and by whom. */
export function QuotasTab(): ReactElement {
  return <div />;
}
