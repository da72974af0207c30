import { act, waitFor } from "@testing-library/react";
import { afterAll, beforeAll, expect, vi, type MockInstance } from "vitest";
import { HealthScreen } from "../../src-renderer/features/health/health-screen.tsx";
import type { SiteHealth } from "../../src-shared/model/health/site-health.ts";
import type { FakeAnswers } from "./fake-console-client.ts";
import { matesOf } from "./health-boards.ts";
import { renderInConsole, type ConsoleOptions, type RenderedConsole } from "./render-console.tsx";
import { CLUSTER_SITE, component, DIRECT_SITE } from "./site-examples.ts";

/** jsdom lays nothing out: what draws only what is in sight would draw nothing. For the top of a test file. */
export function withSizes(): void {
  let sizes: MockInstance[] = [];
  beforeAll(() => {
    sizes = [
      vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(400),
      vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1_200),
    ];
  });
  afterAll(() => {
    for (const size of sizes) size.mockRestore();
  });
}

/** What the core answers about a site with this board. */
export function healthAnswers(board: SiteHealth): FakeAnswers {
  return {
    sites: {
      list: () => Promise.resolve({ sites: [CLUSTER_SITE, DIRECT_SITE], problems: [] }),
      components: () => Promise.resolve({ components: [component("ingester", [true, true])], namespace: "loki" }),
    },
    health: {
      mates: ({ component: name }) => Promise.resolve(matesOf(board, name)),
      changes: () => Promise.resolve(board.changes),
      instance: ({ instance }) =>
        Promise.resolve({
          instance,
          figures: [
            {
              key: "flush-queue",
              unit: "count",
              value: 812,
              matesMedian: 4,
              metric: "loki_ingester_flush_queue_length",
            },
          ],
          services: [{ module: "ring", state: "Running" }],
          servicesError: null,
          build: { version: "3.7.6", revision: "abc1234", goVersion: "go1.26.1" },
          readyText: "",
        }),
      evidenceHistory: () => Promise.resolve({ metric: "m", unit: "seconds", own: [], mates: [] }),
      config: () =>
        Promise.resolve({ yaml: "auth_enabled: true\ningester:\n  wal:\n    dir: /var/loki/wal\n", cut: false }),
    },
  };
}

/** The Health screen of a site; its watch says nothing yet. */
export function openHealth(board: SiteHealth, options: ConsoleOptions = {}): RenderedConsole {
  const console = renderInConsole(<HealthScreen />, {
    answers: healthAnswers(board),
    workspace: { screen: "health", site: CLUSTER_SITE.id },
    ...options,
  });
  return console;
}

/** The watch says this. */
export async function told(console: RenderedConsole, board: SiteHealth): Promise<void> {
  await waitFor(() => expect(console.client.calls.map(({ path }) => path)).toContain("health.watch"));
  act(() => console.client.emit("health.watch", board));
}
