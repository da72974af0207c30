import type { ReactElement } from "react";

export function BoardTab(): ReactElement {
  return <div />;
}
