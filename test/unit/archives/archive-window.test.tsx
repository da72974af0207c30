import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DESKTOP_BRIDGE, type DesktopBridge } from "../../../src-shared/api/desktop-bridge.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { archivesApi } from "../../../src-shared/api/archives.api.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { Job } from "../../../src-shared/model/job.ts";
import { archiveExample, tenantExample } from "../../builders/archive-examples.ts";
import { HELLO, type FakeAnswers } from "../../builders/fake-console-client.ts";
import { renderConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { LAB_SITE, wireError } from "../../builders/site-examples.ts";

const ARCHIVE = archiveExample({
  tenants: [tenantExample("acme"), tenantExample("globex", { selector: '{job=~".+"}' })],
});
const QUESTION = { kind: "zone" as const, file: "a.log", example: "10:00:00 up", suggestions: ["UTC", "+08:00"] };

const answers: FakeAnswers = {
  session: { hello: () => Promise.resolve(HELLO) },
  sites: {
    list: () => Promise.resolve({ sites: [LAB_SITE], lastUsed: LAB_SITE.id, problems: [] }),
    tenants: () => Promise.resolve({ tenants: [{ tenant: "team-a", from: "lab" }], multiTenant: true }),
    components: () => Promise.resolve({ components: [] }),
    use: () => Promise.resolve(LAB_SITE),
  },
  jobs: { list: () => Promise.resolve([]) },
  queries: { list: () => Promise.resolve([]) },
  archives: {
    list: () => Promise.resolve([ARCHIVE]),
    open: () => Promise.resolve({ kind: "opened", archive: ARCHIVE }),
  },
};

function open(archives: NonNullable<FakeAnswers["archives"]> = {}, options: ConsoleOptions = {}) {
  return renderConsole({
    workspace: { screen: "jobs" },
    ...options,
    answers: { ...answers, archives: { ...answers.archives, ...archives }, ...options.answers },
  });
}

type Window = ReturnType<typeof open>;
const opens = ({ client }: Window) =>
  client.calls.filter(({ path }) => path === "archives.open").map(({ input }) => archivesApi.open.input.parse(input));

beforeAll(() => {
  // jsdom lays nothing out; an editor asks where its text is.
  Range.prototype.getClientRects = () => document.createElement("div").getClientRects();
});

const ready = () => screen.findByRole("button", { name: /Site:.*Lab/ });

beforeEach(() => {
  window.localStorage.clear();
  window.history.replaceState(null, "", "#/");
});
afterEach(() => {
  Reflect.deleteProperty(window, DESKTOP_BRIDGE);
});

describe("a link to logs on disk", () => {
  it("opens nothing before a person says so, and then goes to Explore on it", async () => {
    const shown = open();
    await ready();
    act(() =>
      shown.client.emit("session.events", { kind: "open-link", url: "kubemate://archives?path=%2Fdata%2Fa.log" }),
    );
    const dialog = await screen.findByRole("dialog", { name: "Open these logs?" });
    within(dialog).getByText("/data/a.log");
    expect(opens(shown)).toEqual([]);
    await userEvent.setup().click(within(dialog).getByRole("button", { name: "Open" }));
    await waitFor(() => expect(shown.workspace.getState().screen).toBe("explore"));
    expect(opens(shown)).toEqual([{ paths: ["/data/a.log"], assumptions: {} }]);
    expect(shown.workspace.getState().source).toEqual({ kind: "archive", archive: "k1" });
  });

  it("asks also when the window was opened with it, and is gone when the answer is no", async () => {
    window.history.replaceState(null, "", "#/archives?path=%2Fdata%2Fa.log");
    const shown = open({}, { workspace: { screen: "archives" } });
    const dialog = await screen.findByRole("dialog", { name: "Open these logs?" });
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Cancel"));
    await userEvent.setup().keyboard("{Enter}");
    await waitFor(() => expect(dialog.isConnected).toBe(false));
    expect(opens(shown)).toEqual([]);
    expect(window.location.hash).not.toContain("path");
  });
});

describe("files that do not say everything", () => {
  it("are asked about once, with the line that shows it; nothing is chosen before a person chooses", async () => {
    const user = userEvent.setup();
    const shown = open({
      open: ({ assumptions }) =>
        Promise.resolve(
          assumptions.zone === undefined
            ? { kind: "questions", questions: [QUESTION] }
            : { kind: "opened", archive: ARCHIVE },
        ),
    });
    act(() => shown.workspace.getState().show("archives"));
    await user.type(await screen.findByLabelText("Path on the console’s machine"), "/data/a.log{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "What the files do not say" });
    within(dialog).getByText("10:00:00 up");
    expect(within(dialog).getByLabelText<HTMLInputElement>(/Time zone/).value).toBe("");
    await user.click(within(dialog).getByRole("button", { name: "Open" }));
    within(dialog).getByText("Needed");
    await user.type(within(dialog).getByLabelText(/Time zone/), "Mars");
    within(dialog).getByText(/Not a zone/);
    await user.click(within(dialog).getByRole("button", { name: "+08:00" }));
    await user.click(within(dialog).getByRole("button", { name: "Open" }));
    await waitFor(() => expect(shown.workspace.getState().screen).toBe("explore"));
    expect(opens(shown).at(-1)).toEqual({ paths: ["/data/a.log"], assumptions: { zone: "+08:00" } });
  });

  it("can be given labels, a tenant and an encoding beside", async () => {
    const user = userEvent.setup();
    const shown = open();
    act(() => shown.workspace.getState().show("archives"));
    await user.type(await screen.findByLabelText("Path on the console’s machine"), "/data/a.log");
    await user.click(screen.getByRole("button", { name: "With options…" }));
    const dialog = await screen.findByRole("dialog", { name: "Open these logs?" });
    await user.click(within(dialog).getByRole("button", { name: "Format, labels and more" }));
    await user.click(within(dialog).getByRole("combobox", { name: "Encoding" }));
    await user.click(await screen.findByRole("option", { name: "GBK", hidden: true }));
    await user.type(within(dialog).getByLabelText("Tenant"), "a|b");
    await user.click(within(dialog).getByRole("button", { name: "Add" }));
    await user.type(within(dialog).getByLabelText("Labels: Label 1"), "service");
    await user.type(within(dialog).getByLabelText("Labels: Value 1"), "ledger");
    await user.click(within(dialog).getByRole("button", { name: "Open" }));
    within(dialog).getByText("Not a valid tenant id");
    await user.clear(within(dialog).getByLabelText("Tenant"));
    await user.type(within(dialog).getByLabelText("Tenant"), "acme");
    await user.click(within(dialog).getByRole("button", { name: "Open" }));
    await waitFor(() => expect(opens(shown)).toHaveLength(1));
    expect(opens(shown)[0]?.assumptions).toEqual({ encoding: "gbk", tenant: "acme", labels: { service: "ledger" } });
  });
});

describe("files that cannot be opened as they are", () => {
  it("say why, and can be opened with more said of them", async () => {
    const user = userEvent.setup();
    const shown = open({
      open: ({ assumptions }) =>
        assumptions.encoding === undefined
          ? Promise.reject(new RemoteError(wireError("archive.not-recognised", { file: "a.log" })))
          : Promise.resolve({ kind: "opened", archive: ARCHIVE }),
    });
    act(() => shown.workspace.getState().show("archives"));
    await user.type(await screen.findByLabelText("Path on the console’s machine"), "/data/a.log{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "It could not be opened" });
    within(dialog).getByText(/a\.log holds nothing that is known/);
    await user.click(within(dialog).getByRole("button", { name: "With options…" }));
    await user.click(await within(dialog).findByRole("combobox", { name: "Encoding" }));
    await user.click(await screen.findByRole("option", { name: "GBK", hidden: true }));
    await user.click(within(dialog).getByRole("button", { name: "Open" }));
    await waitFor(() => expect(shown.workspace.getState().screen).toBe("explore"));
    expect(opens(shown).at(-1)).toEqual({ paths: ["/data/a.log"], assumptions: { encoding: "gbk" } });
  });
});

describe("files that are dropped", () => {
  const file = new File(["10:00 up\n"], "a.log");
  const drop = (files: readonly File[]) => {
    const items = files.map((one) => ({ kind: "file", getAsFile: () => one, webkitGetAsEntry: () => null }));
    const dataTransfer = { types: ["Files"], files, items };
    fireEvent.dragEnter(document.body, { dataTransfer });
    screen.getByText("Drop to open");
    fireEvent.drop(document.body, { dataTransfer });
    expect(screen.queryByText("Drop to open")).toBeNull();
  };

  it("are uploaded where the page does not know where they are", async () => {
    const shown = open({
      beginUpload: () => Promise.resolve({ upload: "abcdefghijklmnop" }),
      uploadPiece: () => Promise.resolve({ receivedBytes: 9 }),
      openUploads: () => Promise.resolve({ kind: "opened", archive: ARCHIVE }),
    });
    await ready();
    drop([file]);
    await waitFor(() => expect(shown.workspace.getState().screen).toBe("explore"));
    expect(shown.client.calls).toContainEqual({
      path: "archives.uploadPiece",
      input: { upload: "abcdefghijklmnop", offset: 0, base64: btoa("10:00 up\n") },
    });
  });

  it("are opened where they are on the desktop, and are not sent anywhere", async () => {
    const bridge: DesktopBridge = {
      openArchiveDialog: async () => ["/data/chosen.log"],
      pathForFile: (one) => `/home/olga/${one instanceof File ? one.name : ""}`,
    };
    Reflect.set(window, DESKTOP_BRIDGE, bridge);
    const shown = open();
    await ready();
    drop([file]);
    await waitFor(() => expect(opens(shown)).toEqual([{ paths: ["/home/olga/a.log"], assumptions: {} }]));
    expect(shown.client.calls.some(({ path }) => path === "archives.beginUpload")).toBe(false);
    await userEvent.setup().keyboard("{Control>}o{/Control}");
    await waitFor(() => expect(opens(shown).at(-1)).toEqual({ paths: ["/data/chosen.log"], assumptions: {} }));
  });

  it("are none when text is dragged about", () => {
    open();
    fireEvent.dragEnter(document.body, { dataTransfer: { types: ["text/plain"], files: [], items: [] } });
    expect(screen.queryByText("Drop to open")).toBeNull();
  });

  it("are not opened for somebody who may not", async () => {
    const hello = { ...HELLO, role: "auditor" as const };
    const shown = open(
      {},
      {
        hello,
        answers: { session: { hello: () => Promise.resolve(hello) } },
      },
    );
    await ready();
    drop([file]);
    await screen.findByText("Your role (Auditor) may not open archives");
    expect(shown.client.calls.some(({ path }) => path === "archives.beginUpload")).toBe(false);
  });
});

describe("the top bar in an archive", () => {
  const inArchive = { screen: "jobs", site: "lab", source: { kind: "archive", archive: "k1" } } as const;

  it("shows which it is, that it is offline, and its tenants; the address says it too", async () => {
    const { workspace } = open({}, { workspace: inArchive });
    await screen.findByRole("button", { name: /Archive:.*incident-4711.*offline/ });
    await waitFor(() => expect(workspace.getState()).toMatchObject({ tenant: "acme", query: '{app=~".+"}' }));
    expect(workspace.getState().range.kind).toBe("absolute");
    expect(window.location.hash).toContain("archive=k1");
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: /Tenant:.*acme/ }));
    await user.click(await screen.findByRole("option", { name: /globex.*4,812,345 rows/ }));
    await waitFor(() => expect(workspace.getState().tenant).toBe("globex"));
    expect(screen.queryByRole("radiogroup", { name: "Source of the logs" })).toBeNull();
  });

  it("leads back to the site", async () => {
    const { workspace } = open({}, { workspace: inArchive });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Back to Lab" }));
    await waitFor(() => expect(workspace.getState()).toMatchObject({ source: { kind: "loki" }, tenant: "team-a" }));
  });

  it("is one step that one “back” undoes, whatever a link left to be filled in", async () => {
    const { workspace } = open();
    await ready();
    await waitFor(() => expect(workspace.getState().tenant).toBe("team-a"));
    const before = window.history.length;
    act(() => workspace.getState().chooseArchive({ archive: "k1", tenant: null, range: null, query: null }));
    await waitFor(() => expect(workspace.getState().tenant).toBe("acme"));
    expect(window.history.length).toBe(before + 1);
    act(() => window.history.back());
    await waitFor(() => expect(workspace.getState()).toMatchObject({ source: { kind: "loki" }, tenant: "team-a" }));
  });

  it("says so when the link names an archive that is not open here", async () => {
    open({ list: () => Promise.resolve([]) }, { workspace: inArchive });
    await screen.findByRole("button", { name: /Archive:.*k1.*not open/ });
  });
});

describe("what a job has made", () => {
  const job: Job = {
    id: jobIdSchema.parse("job-1"),
    kind: "logs-export",
    title: { key: "jobs.title.archive-import", params: { title: "a", folder: "b" } },
    state: "succeeded",
    principal: "olga",
    createdAtMs: 1,
    startedAtMs: 1,
    endedAtMs: 2,
    attempts: 1,
    progress: null,
    output: { path: "/archives/b", linesWritten: 5 },
    canPause: false,
  };

  it("opens from the tray in one press", async () => {
    const user = userEvent.setup();
    const shown = open(
      {},
      { workspace: { screen: "settings" }, answers: { jobs: { list: () => Promise.resolve([job]) } } },
    );
    await ready();
    await user.click(await screen.findByRole("button", { name: "0 jobs" }));
    // Nothing has a place in jsdom, so the tray counts as out of sight.
    await user.click(await screen.findByRole("button", { name: "Open", hidden: true }));
    await waitFor(() => expect(opens(shown)).toEqual([{ paths: ["/archives/b"], assumptions: {} }]));
  });

  it("opens from the notice that says it is ready; one in an object store does not", async () => {
    const shown = open();
    await ready();
    const notice = (key: string, params: object) =>
      act(() => shown.client.emit("session.events", { kind: "notice", notice: { key, severity: "info", params } }));
    notice("archives.imported", { path: "/archives/b", lines: 4_812_345 });
    const told = (await screen.findByText("The import into /archives/b has ended: 4,812,345 lines.")).parentElement;
    await userEvent.setup().click(within(told ?? document.body).getByRole("button", { name: "Open" }));
    await waitFor(() => expect(opens(shown)).toEqual([{ paths: ["/archives/b"], assumptions: {} }]));
    notice("archives.imported", { path: "s3://bucket/prefix", lines: 5 });
    const far = await screen.findByText(/s3:\/\/bucket\/prefix/);
    expect(within(far.parentElement ?? far).queryByRole("button", { name: "Open" })).toBeNull();
  });
});
