import { act, waitFor } from "@testing-library/react";
import { expect } from "vitest";
import { TenantsScreen } from "../../src-renderer/features/tenants/tenants-screen.tsx";
import type { TenantsBoard } from "../../src-shared/model/tenants/board.ts";
import type { FakeAnswers } from "./fake-console-client.ts";
import { aTenantsLimits } from "./limits-boards.ts";
import { renderInConsole, type ConsoleOptions, type RenderedConsole } from "./render-console.tsx";
import { CLUSTER_SITE } from "./site-examples.ts";

interface LimitsScreenOptions extends Omit<ConsoleOptions, "answers" | "workspace"> {
  readonly tenants?: FakeAnswers["tenants"];
  readonly jobs?: FakeAnswers["jobs"];
  readonly view?: NonNullable<ConsoleOptions["workspace"]>["tenants"];
}

/** The Tenants screen of a site, over a board that was told where one is given. */
export async function openLimits(
  board: TenantsBoard | null,
  { tenants = {}, jobs = {}, view, ...options }: LimitsScreenOptions = {},
): Promise<RenderedConsole> {
  const rendered = renderInConsole(<TenantsScreen />, {
    ...options,
    answers: {
      sites: { list: () => Promise.resolve({ sites: [CLUSTER_SITE], problems: [] }) },
      tenants: { limits: ({ tenant }) => Promise.resolve(aTenantsLimits(tenant)), ...tenants },
      jobs,
    },
    workspace: {
      screen: "tenants",
      site: CLUSTER_SITE.id,
      ...(view === undefined ? {} : { tenants: view }),
    },
  });
  await waitFor(() => expect(rendered.client.calls.map(({ path }) => path)).toContain("tenants.watch"));
  if (board !== null) tell(rendered, board);
  return rendered;
}

/** The watch says this. */
export function tell(rendered: RenderedConsole, board: TenantsBoard): void {
  act(() => rendered.client.emit("tenants.watch", board));
}

/** Inputs of the calls of one procedure. */
export function callsOf(rendered: RenderedConsole, path: string): readonly unknown[] {
  return rendered.client.calls.filter((call) => call.path === path).map(({ input }) => input);
}
