import type { ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";

/** What queries cost. */
export function UsageTab({ site }: { readonly site: Site["id"] }): ReactElement {
  return <div data-site={site} />;
}
