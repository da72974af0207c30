import { act, waitFor } from "@testing-library/react";
import { expect } from "vitest";
import type { ReactElement } from "react";
import { OperationProvider } from "../../src-renderer/features/health/operations/operation-context.tsx";
import { SiteHealthProvider } from "../../src-renderer/hooks/use-site-health.tsx";
import type { Site } from "../../src-shared/api/sites.api.ts";
import type { SiteHealth } from "../../src-shared/model/health/site-health.ts";
import { renderInConsole, type ConsoleOptions, type RenderedConsole } from "./render-console.tsx";
import { CLUSTER_SITE } from "./site-examples.ts";

/** A part of the Health screen over a board that has been told, with operations that can be started. */
export async function renderHealth(
  part: ReactElement,
  board: SiteHealth,
  options: ConsoleOptions = {},
  site: Site = CLUSTER_SITE,
): Promise<RenderedConsole> {
  const rendered = renderInConsole(
    <SiteHealthProvider site={site}>
      <OperationProvider site={site.id}>{part}</OperationProvider>
    </SiteHealthProvider>,
    { workspace: { screen: "health", site: site.id }, ...options },
  );
  await waitFor(() => expect(rendered.client.calls.map(({ path }) => path)).toContain("health.watch"));
  act(() => rendered.client.emit("health.watch", board));
  return rendered;
}
