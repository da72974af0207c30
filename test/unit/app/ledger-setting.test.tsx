import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitLedgerAddress } from "../../../src-renderer/features/settings/ledger-address.ts";
import { SettingsScreen } from "../../../src-renderer/features/settings/settings-screen.tsx";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { secretRefSchema } from "../../../src-shared/model/ids.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { renderInConsole } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";

const ref = secretRefSchema.parse("ledger.password");

function open(value: string, secrets: FakeAnswers["secrets"] = {}) {
  const setting: Setting = {
    key: "tenants.ledger",
    group: "tenants",
    kind: "string",
    value,
    defaultValue: "",
    source: "user",
    locked: false,
    restart: false,
  };
  const opened = renderInConsole(<SettingsScreen />, {
    answers: {
      settings: {
        list: () => Promise.resolve({ settings: [setting], file: "/home/olga/settings.json" }),
        set: (input) => Promise.resolve({ ...setting, value: input.value }),
      },
      secrets: {
        list: () => Promise.resolve({ secrets: [], store: "keychain" }),
        put: () => Promise.resolve({ ref, fingerprint: "9c1f22ab", changedAtMs: 1 }),
        ...secrets,
      },
    },
  });
  return {
    ...opened,
    inputs: (path: string) => opened.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}

describe("the address of a shared ledger", () => {
  it("is set without the password that came with it, which goes among the secrets first", async () => {
    const user = userEvent.setup();
    const { client, inputs } = open("");
    const field = await screen.findByRole("textbox", { name: "Shared ledger" });
    await user.type(field, "postgres://kubemate:p%40ss@db.example:5432/ledger{Enter}");
    await waitFor(() => expect(inputs("settings.set")).toHaveLength(1));
    expect(inputs("settings.set")).toEqual([
      { key: "tenants.ledger", value: "postgres://kubemate@db.example:5432/ledger" },
    ]);
    expect(inputs("secrets.put")).toEqual([{ ref: "ledger.password", value: "p@ss" }]);
    const order = client.calls.map(({ path }) => path).filter((path) => path.endsWith(".put") || path.endsWith(".set"));
    expect(order).toEqual(["secrets.put", "settings.set"]);
  });

  it("is not set where it is none of PostgreSQL, and says what it takes", async () => {
    const user = userEvent.setup();
    const { inputs } = open("");
    const field = await screen.findByRole("textbox", { name: "Shared ledger" });
    await user.type(field, "https://db.example/ledger{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("postgres://user@host:5432/database");
    expect(inputs("settings.set")).toEqual([]);
    await user.clear(field);
    await user.type(field, "postgres://db.example/ledger{Enter}");
    await waitFor(() => expect(inputs("settings.set")).toHaveLength(1));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("is not set where its password could not be kept", async () => {
    const user = userEvent.setup();
    const { inputs } = open("", { put: () => Promise.reject(new RemoteError(wireError("internal"))) });
    await user.type(await screen.findByRole("textbox", { name: "Shared ledger" }), "postgres://a:b@db/ledger{Enter}");
    await screen.findByRole("alert");
    expect(inputs("settings.set")).toEqual([]);
  });

  it("keeps no password in its field when only the password is new", async () => {
    const user = userEvent.setup();
    const { container } = open("postgres://a@db/ledger");
    const field = await screen.findByRole("textbox", { name: "Shared ledger" });
    await user.clear(field);
    await user.type(field, "postgres://a:hunter2@db/ledger{Enter}");
    await waitFor(() =>
      expect(screen.getByRole("textbox", { name: "Shared ledger" })).toHaveProperty("value", "postgres://a@db/ledger"),
    );
    expect(container.innerHTML).not.toContain("hunter2");
  });

  it("has a field for the password alone, which says whether one is kept and never what it is", async () => {
    const user = userEvent.setup();
    const { inputs, container } = open("postgres://a@db/ledger", {
      list: () => Promise.resolve({ secrets: [{ ref, fingerprint: "9c1f22ab", changedAtMs: 1 }], store: "keychain" }),
    });
    await screen.findByText("kept");
    await user.type(await screen.findByLabelText("Password of the shared ledger"), "hunter2{Enter}");
    await waitFor(() => expect(inputs("secrets.put")).toEqual([{ ref: "ledger.password", value: "hunter2" }]));
    await waitFor(() => expect(container.innerHTML).not.toContain("hunter2"));
    expect(inputs("settings.set")).toEqual([]);
  });

  it("gives back any password as it was, and leaves other texts alone", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }), (password) => {
        const split = splitLedgerAddress(`postgres://u:${encodeURIComponent(password)}@db.example/ledger`);
        expect(split).toEqual({ address: "postgres://u@db.example/ledger", password });
      }),
    );
    expect(splitLedgerAddress("postgres://u:50%@db/l")).toEqual({ address: "postgres://u@db/l", password: "50%" });
    expect(splitLedgerAddress("not an address")).toEqual({ address: "not an address", password: null });
  });
});
