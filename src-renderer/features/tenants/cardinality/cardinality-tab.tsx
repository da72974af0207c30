import type { ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";

interface CardinalityTabProps {
  readonly site: Site["id"];
  readonly tenant: string | null;
}

/** What a tenant's labels cost. */
export function CardinalityTab({ site, tenant }: CardinalityTabProps): ReactElement {
  return <div data-site={site} data-tenant={tenant} />;
}
