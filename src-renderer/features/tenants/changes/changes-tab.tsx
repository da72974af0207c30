import type { ReactElement } from "react";

export function ChangesTab(): ReactElement {
  return <div />;
}
