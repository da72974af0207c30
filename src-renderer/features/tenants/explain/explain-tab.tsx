import type { ReactElement } from "react";

export function ExplainTab(): ReactElement {
  return <div />;
}
