import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, vi } from "vitest";
import type { StreamObserver } from "../../src-shared/api/client.ts";
import { secretRefSchema, jobIdSchema } from "../../src-shared/model/ids.ts";
import { ExploreScreen } from "../../src-renderer/features/explore/explore-screen.tsx";
import { useShortcutKeys } from "../../src-renderer/hooks/use-shortcut-keys.ts";
import { useCommandStore } from "../../src-renderer/hooks/use-commands.ts";
import type { FakeAnswers } from "./fake-console-client.ts";
import { FakeResultSet, fakeLogs, type FakeLogs } from "./fake-logs-client.ts";
import { renderInConsole, type ConsoleOptions } from "./render-console.tsx";
import { LAB_SITE } from "./site-examples.ts";
import { syntheticLogs } from "./synthetic-logs.ts";

type Selection = NonNullable<NonNullable<FakeAnswers["exports"]>["selection"]>;
type Piece = Parameters<Parameters<Selection>[1]["onData"]>[0];

const service = syntheticLogs({ newestNs: 1_763_633_647_123_456_789n, stepNs: 1_000n });
export const EXPORT_QUERY = '{app="payments"} |= "timeout"';
export const EXPORT_RANGE = { kind: "absolute", startNs: "1763630047000000000", endNs: "1763633647123456789" } as const;

function ExploreWithKeys() {
  useShortcutKeys(useCommandStore());
  return <ExploreScreen />;
}

/** The stream of a saved selection, under the test's hand. */
export function handStream() {
  const stream: { observer: StreamObserver<Piece> | null; ended: boolean } = { observer: null, ended: false };
  const selection: Selection = (_input, observer) => {
    stream.observer = observer;
    return { unsubscribe: () => (stream.ended = true) };
  };
  return { stream, selection };
}

/** Explore over a fake core, with a result of 500 rows, its keys, and all that an export or a capsule needs. */
export function openExplore(
  options: ConsoleOptions & { readonly logs?: FakeLogs; readonly exports?: FakeAnswers["exports"] } = {},
) {
  let made = 0;
  const logs = options.logs ?? fakeLogs((how) => new FakeResultSet(`${how}-${(made += 1)}`, service, 500));
  // A table: the chart of a matrix would draw on a canvas, which jsdom has not.
  const metric: typeof logs.client.metric = async (...asking) => ({
    ...(await logs.client.metric(...asking)),
    resultType: "vector",
  });
  const rendered = renderInConsole(<ExploreWithKeys />, {
    ...options,
    answers: {
      logs: { ...logs.client, metric },
      sites: { list: () => Promise.resolve({ sites: [LAB_SITE], problems: [] }) },
      settings: { list: () => Promise.resolve({ settings: [], file: "settings.json" }) },
      queries: { list: () => Promise.resolve([]) },
      secrets: {
        list: () =>
          Promise.resolve({
            secrets: ["s3.evidence", "site.1"].map((ref) => ({
              ref: secretRefSchema.parse(ref),
              fingerprint: "ab12cd34",
              changedAtMs: 1,
            })),
            store: "keychain",
          }),
        put: ({ ref }) => Promise.resolve({ ref: secretRefSchema.parse(ref), fingerprint: "ab12cd34", changedAtMs: 1 }),
      },
      exports: { start: () => Promise.resolve({ job: jobIdSchema.parse("j1") }), ...options.exports },
      capsules: { create: () => Promise.resolve({ job: jobIdSchema.parse("j2") }) },
    },
    workspace: { site: "lab", tenant: "acme", query: EXPORT_QUERY, runs: 1, range: EXPORT_RANGE, ...options.workspace },
  });
  return {
    ...rendered,
    logs,
    user: userEvent.setup(),
    inputs: (path: string) => rendered.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}

/** The list, when its first rows are there. */
export const listedRows = async () => {
  const grid = await screen.findByRole("grid", { name: "Log lines" });
  await waitFor(() => expect(grid.querySelector("[data-kind=entry]")).not.toBeNull());
  return grid;
};
export const openDialog = () => screen.findByRole("dialog");

/** Opens the export by its button; answers with the dialog. */
export async function openExport(user: ReturnType<typeof userEvent.setup>) {
  await listedRows();
  await user.click(screen.getByRole("button", { name: "Export…" }));
  return within(await openDialog());
}

/** What Explore needs of a page that jsdom lays out nothing for. Restore all mocks afterwards. */
export function layOutNothing(): void {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1_000);
  Range.prototype.getClientRects = () => document.createElement("div").getClientRects();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  window.sessionStorage.clear();
}
