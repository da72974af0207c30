import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { renderConsole, type ConsoleOptions } from "../../builders/render-console.tsx";
import { CLUSTER_SITE, component, LAB_SITE } from "../../builders/site-examples.ts";
import { HELLO, type FakeAnswers } from "../../builders/fake-console-client.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import type { Job } from "../../../src-shared/model/job.ts";

const job: Job = {
  id: jobIdSchema.parse("job-1"),
  kind: "support-bundle",
  title: { key: "jobs.title.support-bundle", params: { file: "bundle.zip" } },
  state: "running",
  principal: "olga",
  createdAtMs: 1,
  startedAtMs: 1,
  endedAtMs: null,
  attempts: 1,
  progress: { phase: "collect", fraction: 0.64, done: 64, total: 100, unit: "steps", perSecond: 1, remainingMs: 1_000 },
  output: null,
  canPause: true,
};

const answers: FakeAnswers = {
  session: {
    hello: () => Promise.resolve(HELLO),
    setReadOnly: (input) => Promise.resolve({ readOnly: input.readOnly }),
  },
  sites: {
    list: () => Promise.resolve({ sites: [LAB_SITE, CLUSTER_SITE], lastUsed: LAB_SITE.id, problems: [] }),
    tenants: () => Promise.resolve({ tenants: [{ tenant: "team-a", from: "lab" }], multiTenant: true }),
    components: () => Promise.resolve({ components: [component("ingester", [true, false])], namespace: "loki" }),
    use: () => Promise.resolve(LAB_SITE),
  },
  jobs: { list: () => Promise.resolve([job]) },
  queries: { list: () => Promise.resolve([]) },
  lab: { status: () => Promise.resolve({ running: true, tenants: [], faults: [] }) },
};

function open(options: ConsoleOptions = {}) {
  return renderConsole({ answers, workspace: { screen: "overview" }, ...options });
}

beforeEach(() => {
  window.localStorage.clear();
  window.history.replaceState(null, "", "#/");
});

describe("the frame", () => {
  it("opens the last site with its first tenant, and says so in the address", async () => {
    const { client } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    await waitFor(() => expect(window.location.hash).toBe("#/overview?site=lab&tenant=team-a"));
    expect(client.calls).toContainEqual({ path: "sites.use", input: { site: "lab" } });
  });

  it("goes where the keys say, and nowhere while one types", async () => {
    const user = userEvent.setup();
    const { workspace } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    await user.keyboard("gs");
    expect(workspace.getState().screen).toBe("sites");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText(/Go to a screen/), "go");
    expect(workspace.getState().screen).toBe("sites");
  });

  it("finds a site by a few letters in the palette and goes there", async () => {
    const user = userEvent.setup();
    const { workspace } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    await user.click(screen.getByRole("button", { name: /Search everything/ }));
    await user.type(await screen.findByPlaceholderText(/Go to a screen/), "frank");
    await user.click(await screen.findByRole("button", { name: /prod-frankfurt/ }));
    await waitFor(() => expect(workspace.getState().site).toBe("prod"));
  });

  it("says beside the field what is wrong with a tenant, and takes one that Loki would take", async () => {
    const user = userEvent.setup();
    const { workspace } = open();
    await user.click(await screen.findByRole("button", { name: /Tenant:.*team-a/ }));
    const search = await screen.findByPlaceholderText(/type a tenant’s id/);
    await user.type(search, "a|b");
    await screen.findByText("“|” is not allowed in a tenant id");
    await user.clear(search);
    await user.type(search, "team-b");
    await user.click(await screen.findByRole("option", { name: "Use “team-b”" }));
    expect(workspace.getState().tenant).toBe("team-b");
  });

  it("shows in the status bar what runs and how far it is, and follows it", async () => {
    const { client } = open();
    await screen.findByText("Support bundle bundle.zip 64%");
    act(() => client.emit("jobs.watch", [{ ...job, progress: { ...job.progress, fraction: 0.7 } }]));
    await screen.findByText("Support bundle bundle.zip 70%");
  });

  it("opens a link that the shell hands in, leaves out what it does not understand, and says so", async () => {
    const { client, workspace } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    act(() => client.emit("session.events", { kind: "open-link", url: "kubemate://sites?site=prod&live=maybe" }));
    expect(workspace.getState()).toMatchObject({ screen: "sites", site: "prod" });
    await screen.findByText("Parts of the link were not understood and left out: live");
  });

  it("says so too of the link that it was opened with", async () => {
    window.history.replaceState(null, "", "#/overview?from=yesterday&to=now");
    open();
    await screen.findByText("Parts of the link were not understood and left out: from, to");
    expect(window.location.hash).toMatch(/^#\/overview(\?site=lab.*)?$/);
  });

  it("asks again what the core says has changed", async () => {
    const { client } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    const asked = () => client.calls.filter(({ path }) => path === "sites.list").length;
    const before = asked();
    act(() => client.emit("session.events", { kind: "changed", topics: ["sites"] }));
    await waitFor(() => expect(asked()).toBeGreaterThan(before));
  });

  it("stays readable when the connection is lost", async () => {
    const { client } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    act(() => client.connection.setState({ state: "lost" }));
    await screen.findByText("The connection to the core is lost; reconnecting.");
    expect(screen.getByRole("rowheader", { name: "ingester" })).toBeTruthy();
  });

  it("shows nothing of a core it might misunderstand", async () => {
    const { client } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    act(() => client.connection.setState({ state: "incompatible" }));
    await screen.findByRole("heading", { name: "The window is of another version" });
    expect(screen.queryByRole("navigation")).toBeNull();
  });

  it("speaks Chinese when the setting says so, without being opened again", async () => {
    const { client } = open();
    await screen.findByRole("heading", { level: 1, name: "Lab" });
    const language = {
      key: "appearance.language",
      group: "appearance",
      kind: "choice" as const,
      choices: ["system", "en", "zh-CN"],
      value: "zh-CN",
      defaultValue: "system",
      source: "user" as const,
      locked: false,
      restart: false,
    };
    const settings = { settings: [language], file: "/settings.json" };
    Object.assign(client.api.settings, { list: () => Promise.resolve(settings) });
    act(() => client.emit("session.events", { kind: "changed", topics: ["settings"] }));
    await screen.findByRole("navigation", { name: "界面导航" });
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  it("says why a screen is not for this role instead of failing call by call", async () => {
    const hello = { ...HELLO, role: "auditor" as const };
    open({
      hello,
      answers: { ...answers, session: { ...answers.session, hello: () => Promise.resolve(hello) } },
      workspace: { screen: "explore" },
    });
    await screen.findByText("Your role (Auditor) may not read logs");
    const rail = await screen.findByRole("navigation");
    expect(within(rail).getByRole("button", { name: "Explore" })).toHaveProperty("ariaDisabled", "true");
  });
});
