import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { SitesScreen } from "../../../src-renderer/features/sites/sites-screen.tsx";
import { secretsApi } from "../../../src-shared/api/secrets.api.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { renderInConsole } from "../../builders/render-console.tsx";
import { CLUSTER_SITE, DIRECT_SITE, LAB_SITE, PLUGIN, wireError } from "../../builders/site-examples.ts";

const answers: FakeAnswers = {
  sites: {
    list: () => Promise.resolve({ sites: [LAB_SITE, CLUSTER_SITE, DIRECT_SITE], problems: [] }),
    plugins: () => Promise.resolve({ plugins: [] }),
    save: () => Promise.resolve(DIRECT_SITE),
    remove: () => Promise.resolve({ removed: true }),
    confirmPlugin: (input) => Promise.resolve({ confirmed: input.confirmed }),
  },
  secrets: { put: (input) => Promise.resolve({ ref: input.ref as never, fingerprint: "00000000", changedAtMs: 1 }) },
};

function open(parts: FakeAnswers["sites"] = {}) {
  return renderInConsole(<SitesScreen />, { answers: { ...answers, sites: { ...answers.sites, ...parts } } });
}

async function row(name: string): Promise<HTMLElement> {
  const found = (await screen.findAllByText(name))
    .map((element) => element.closest("li"))
    .find((item) => item !== null);
  if (found === undefined || found === null) throw new Error(`no row for ${name}`);
  return found;
}

describe("the sites screen", () => {
  it("groups sites by where they were found, with the state in words and the failure in its row", async () => {
    open();
    await screen.findByRole("region", { name: "/home/olga/.kube/config" });
    expect(within(await row("prod-frankfurt")).getByText("failed")).toBeTruthy();
  });

  it("says which kubeconfig it could not read, beside the sites that it could", async () => {
    const problem = wireError("kubeconfig.unreadable", { file: "/old.yaml", problem: "line 3" });
    open({ list: () => Promise.resolve({ sites: [LAB_SITE], problems: [problem] }) });
    await screen.findByText(/Some sites are missing.*\/old\.yaml/);
    await row("Lab");
  });

  it("says what to do when there is none", async () => {
    open({ list: () => Promise.resolve({ sites: [], problems: [] }) });
    await screen.findByText("No sites yet");
    expect(screen.getAllByRole("button", { name: "Add site" })).toHaveLength(1);
  });

  it("shows a failure with its reference, and asks again when told to", async () => {
    let asked = 0;
    open({
      list: () => {
        asked += 1;
        if (asked === 1) return Promise.reject(new RemoteError(wireError("internal")));
        return Promise.resolve({ sites: [LAB_SITE], problems: [] });
      },
    });
    await screen.findByText("r-42");
    await userEvent.setup().click(screen.getByRole("button", { name: "Try again" }));
    await row("Lab");
  });

  it("shows the exact command of a credential plugin and allows that very one", async () => {
    const { client } = open({ plugins: () => Promise.resolve({ plugins: [PLUGIN] }) });
    await screen.findByText(PLUGIN.command);
    const words = await screen.findByText("two words");
    expect(words.tagName).toBe("LI");
    await userEvent.setup().click(screen.getByRole("button", { name: "Allow this command" }));
    expect(client.calls).toContainEqual({
      path: "sites.confirmPlugin",
      input: { hash: PLUGIN.hash, confirmed: true },
    });
  });

  it("sends a typed password to the secret store alone, and the site gets its name", async () => {
    const user = userEvent.setup();
    const { client } = open();
    await user.click(await screen.findByRole("button", { name: "Add site" }));
    await user.type(screen.getByRole("textbox", { name: /Name/ }), "new");
    await user.type(screen.getByRole("textbox", { name: /Loki URL/ }), "http://loki:3100");
    await user.click(screen.getByRole("combobox", { name: "Kind" }));
    await user.click(await screen.findByRole("option", { name: "Bearer token", hidden: true }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText("Needed");
    await user.type(screen.getByLabelText(/Token/), "s3cret");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(client.calls.some(({ path }) => path === "sites.save")).toBe(true));
    const inputOf = (wanted: string): unknown => client.calls.find(({ path }) => path === wanted)?.input;
    const { ref, value } = secretsApi.put.input.parse(inputOf("secrets.put"));
    expect(value).toBe("s3cret");
    expect(JSON.stringify(inputOf("sites.save"))).not.toContain("s3cret");
    expect(inputOf("sites.save")).toMatchObject({ config: { auth: { kind: "bearer", token: ref } } });
  });

  it("keeps what was typed when saving is refused, and shows why", async () => {
    const user = userEvent.setup();
    open({
      save: () => Promise.reject(new RemoteError(wireError("sites.invalid", { field: "url", problem: "used twice" }))),
    });
    await user.click(within(await row("edge")).getByRole("button", { name: "Edit site" }));
    const name = screen.getByRole("textbox", { name: /Name/ });
    await user.type(name, "-2");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/used twice/);
    expect(name).toHaveProperty("value", "edge-2");
  });

  it("asks once more before it forgets a site", async () => {
    const user = userEvent.setup();
    const { client } = open();
    await user.click(within(await row("edge")).getByRole("button", { name: "Edit site" }));
    await user.click(screen.getByRole("button", { name: "Remove site" }));
    expect(client.calls.some(({ path }) => path === "sites.remove")).toBe(false);
    await user.click(screen.getByRole("button", { name: "Remove site" }));
    expect(client.calls).toContainEqual({ path: "sites.remove", input: { site: "edge" } });
  });

  it("leads back to its site from an archive", async () => {
    const { workspace } = renderInConsole(<SitesScreen />, {
      answers,
      workspace: { site: "lab", tenant: "acme", source: { kind: "archive", archive: "k1" } },
    });
    await userEvent.setup().click(within(await row("Lab")).getByRole("button", { name: "Open" }));
    expect(workspace.getState()).toMatchObject({ site: "lab", tenant: null, source: { kind: "loki" } });
  });

  it("follows the doctor step by step and names what was never reached", async () => {
    const { client } = open();
    await userEvent
      .setup()
      .click(within(await row("prod-frankfurt")).getByRole("button", { name: "Connection doctor" }));
    act(() => client.emit("sites.doctor", { step: "kubeconfig", state: "running" }));
    await screen.findByText("running");
    act(() => client.emit("sites.doctor", { step: "kubeconfig", state: "passed", tookMs: 3, detail: "context prod" }));
    act(() =>
      client.emit("sites.doctor", {
        step: "tls",
        state: "failed",
        error: wireError("cluster.tls", { host: "10.0.0.4", problem: "certificate has expired" }),
      }),
    );
    act(() => client.end("sites.doctor"));
    await screen.findByText("It fails at the step marked below.");
    await screen.findByText(/certificate has expired/);
    expect(screen.getAllByText("not reached").length).toBeGreaterThan(3);
  });

  it("says why a viewer may not change sites", async () => {
    renderInConsole(<SitesScreen />, { answers, hello: { role: "viewer" } });
    const add = await screen.findByRole("button", { name: "Add site" });
    expect(add.getAttribute("aria-disabled")).toBe("true");
    await userEvent.setup().click(add);
    expect(screen.queryByRole("heading", { name: "Add a site" })).toBeNull();
  });
});
