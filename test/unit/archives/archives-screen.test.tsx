import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ArchivesScreen } from "../../../src-renderer/features/archives/archives-screen.tsx";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { archiveExample, HOSTILE_CAPSULE, tenantExample } from "../../builders/archive-examples.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { renderInConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";

const FILES = archiveExample({
  id: "f1",
  kind: "files",
  title: "var-log",
  path: "/var/log",
  formats: ["text", "cri"],
  assumptions: { zone: "Asia/Shanghai", year: 2015 },
  tenants: [tenantExample("acme", { rows: null }), tenantExample("globex")],
  completeness: { verdict: "unknown", reasons: [] },
  problems: [
    { part: "a.log.gz", error: wireError("archive.truncated", { part: "a.log.gz", atByte: 81_920 }), count: 3 },
    { part: "evil\u202egol.txt", error: wireError("archive.damaged", { part: "x", problem: "CRC" }), count: 1 },
  ],
});
const EXPORTED = archiveExample({
  provenance: {
    site: "prod-frankfurt",
    query: '{app="gateway"} |= "timeout"',
    startNs: "1763632800000000000",
    endNs: "1763636400000000000",
    exportedAt: "2026-11-21T11:04:05Z",
    exportedBy: "olga",
    program: "Kubemate Console 0.1.0",
    redacted: { email: 1_204 },
    files: [],
    assumptions: {},
  },
});

function open(
  archives: readonly ArchiveDescription[],
  answers: NonNullable<FakeAnswers["archives"]> = {},
  options: ConsoleOptions = {},
) {
  return renderInConsole(<ArchivesScreen />, {
    ...options,
    answers: {
      archives: { list: () => Promise.resolve([...archives]), ...answers },
      logs: { labels: () => Promise.resolve(["app"]) },
      ...options.answers,
    },
  });
}

async function select(title: string): Promise<HTMLElement> {
  await userEvent.setup().click(await screen.findByRole("button", { name: title }));
  return screen.findByRole("complementary", { name: title });
}

describe("the archives screen", () => {
  it("teaches what can be opened, and how, while nothing is", async () => {
    const user = userEvent.setup();
    const { opened } = open([]);
    await screen.findByRole("heading", { name: "Logs without a cluster" });
    await screen.findByText("Copied Loki bucket");
    await screen.findByText("kubemate import FILE… --archive DIR");
    await user.type(screen.getByLabelText("Path on the console’s machine"), " /var/log {Enter}");
    expect(opened).toEqual([{ how: "open", paths: ["/var/log"] }]);
  });

  it("says of each archive what it is, when it is from, how much and how whole it is", async () => {
    open([EXPORTED, FILES]);
    const rows = await screen.findAllByRole("listitem");
    const [exported = document.body, files = document.body] = rows;
    for (const text of ["incident-4711", "/archives/incident-4711", "4,812,345 rows", "775 MiB", "complete"]) {
      within(exported).getByText(text);
    }
    within(exported).getByText("2025-11-20 10:00:00 – 10:59:59");
    for (const text of ["rows not counted", "2 tenants", "unknown", "4 problems"]) within(files).getByText(text);
  });

  it("shows a failure, and asks again when told to", async () => {
    let asked = 0;
    open([], {
      list: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new RemoteError(wireError("internal"))) : Promise.resolve([EXPORTED]);
      },
    });
    await screen.findByText("The archives could not be listed");
    await userEvent.setup().click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("button", { name: "incident-4711" });
  });

  it("tells where an archive came from", async () => {
    open([EXPORTED]);
    const drawer = await select("incident-4711");
    for (const text of ["prod-frankfurt", '{app="gateway"} |= "timeout"', "olga", "E-mail addresses 1,204×"]) {
      within(drawer).getByText(text);
    }
    expect(within(drawer).queryByRole("button", { name: "Start the import" })).toBeNull();
  });

  it("tells what was assumed and what could not be read, and shows what a name hides", async () => {
    open([FILES]);
    const drawer = await select("var-log");
    within(drawer).getByText("Asia/Shanghai");
    within(drawer).getByText("2015");
    within(drawer).getByText("a.log.gz ends too early, at byte 81920. What is before is read.");
    within(drawer).getByText("3 parts");
    within(drawer).getByText("evil⟦U+202E⟧gol.txt");
  });

  it("goes to Explore on the tenant that is pressed, with all of its time", async () => {
    const { workspace } = open([FILES]);
    const drawer = await select("var-log");
    await userEvent.setup().click(within(drawer).getByRole("button", { name: "globex" }));
    await waitFor(() => expect(workspace.getState().screen).toBe("explore"));
    expect(workspace.getState()).toMatchObject({
      source: { kind: "archive", archive: "f1" },
      tenant: "globex",
      range: { kind: "absolute", startNs: "1763632800000000000", endNs: "1763636400000000000" },
      query: '{app=~".+"}',
      runs: 1,
    });
  });

  it("keeps the query that stands there where the archive knows its labels", async () => {
    const { workspace } = open([EXPORTED], {}, { workspace: { query: '{app="gateway"} |= "timeout"' } });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Explore" }));
    await waitFor(() => expect(workspace.getState().screen).toBe("explore"));
    expect(workspace.getState().query).toBe('{app="gateway"} |= "timeout"');
  });

  it("imports into a folder that it proposes, and verifies, as jobs", async () => {
    const user = userEvent.setup();
    const job = jobIdSchema.parse("job-1");
    const { client, workspace } = open(
      [FILES],
      { import: () => Promise.resolve({ job }), verify: () => Promise.resolve({ job }) },
      { answers: { jobs: { list: () => Promise.resolve([]) } } },
    );
    const drawer = await select("var-log");
    await user.click(within(drawer).getByRole("button", { name: "Start the import" }));
    await within(drawer).findByText("The import runs as a job.");
    expect(client.calls).toContainEqual({ path: "archives.import", input: { archive: "f1", folder: "var-log" } });
    await user.click(within(drawer).getByRole("button", { name: "Verify" }));
    await within(drawer).findByText("Verifying runs as a job.");
    await user.click(within(drawer).getAllByRole("button", { name: "All jobs" })[0] ?? drawer);
    expect(workspace.getState().screen).toBe("jobs");
  });

  it("asks once more before it takes an archive off the list, and leaves it where Explore was in it", async () => {
    const user = userEvent.setup();
    const { client, workspace } = open(
      [EXPORTED],
      { close: () => Promise.resolve({ closed: true }) },
      { workspace: { site: "lab", source: { kind: "archive", archive: "k1" }, tenant: "acme" } },
    );
    const drawer = await screen.findByRole("complementary", { name: "incident-4711" });
    await user.click(within(drawer).getByRole("button", { name: "Remove from the list" }));
    expect(client.calls.some(({ path }) => path === "archives.close")).toBe(false);
    await user.click(within(drawer).getByRole("button", { name: "Remove from the list" }));
    await waitFor(() => expect(workspace.getState().source).toEqual({ kind: "loki" }));
    expect(client.calls).toContainEqual({ path: "archives.close", input: { archive: "k1" } });
  });

  it("shows a capsule's texts as text, whatever is in them, and each query's rows again", async () => {
    const capsule = archiveExample({ id: "c1", kind: "capsule", title: "capsule" });
    const { container, workspace } = open(
      [capsule],
      {},
      {
        answers: { capsules: { describe: () => Promise.resolve(HOSTILE_CAPSULE) } },
      },
    );
    const drawer = await select("capsule");
    await within(drawer).findByText("<img src=x onerror=alert(1)>");
    within(drawer).getByText("<script>olga</script>");
    expect(within(drawer).getByText(/first line/).textContent).toBe("first line\n<b>bold</b> ⟦U+202E⟧evil");
    within(drawer).getByText('{app="<i>ledger</i>"}');
    within(drawer).getByText("Identity cards 3×");
    within(drawer).getByText("logs.open");
    within(drawer).getByText("abcdef012345");
    expect(container.querySelector("img, script, b, i")).toBeNull();
    const [query = drawer] = within(drawer).getAllByRole("listitem");
    await userEvent.setup().click(within(query).getByRole("button", { name: "Explore" }));
    expect(workspace.getState()).toMatchObject({
      screen: "explore",
      source: { kind: "archive", archive: "c1" },
      tenant: "acme",
      query: '{app="<i>ledger</i>"}',
      range: { kind: "absolute", startNs: "1763632800000000000", endNs: "1763636399123456789" },
    });
  });
});
