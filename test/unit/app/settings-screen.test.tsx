import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { lookFromSettings } from "../../../src-renderer/app/preferences-provider.tsx";
import { DEFAULT_LOOK, readLook } from "../../../src-renderer/app/look-cache.ts";
import { SettingsScreen } from "../../../src-renderer/features/settings/settings-screen.tsx";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { secretRefSchema } from "../../../src-shared/model/ids.ts";
import type { FakeAnswers } from "../../builders/fake-console-client.ts";
import { renderInConsole } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";

function setting(part: Partial<Setting> & Pick<Setting, "key" | "kind" | "value">): Setting {
  return { group: "logs", defaultValue: part.value, source: "default", locked: false, restart: false, ...part };
}

const LIMIT = setting({ key: "logs.defaultLimit", kind: "number", value: 100_000, min: 100, max: 10_000_000 });
const CACHE = setting({ key: "logs.cacheMaxBytes", kind: "bytes", value: 256 * 2 ** 20, min: 0, max: 2 ** 40 });
const ROLE = setting({
  key: "safety.role",
  group: "safety",
  kind: "choice",
  choices: ["viewer", "admin"],
  value: "admin",
  source: "managed",
  locked: true,
});

function open(part: FakeAnswers["settings"] = {}, hello = {}) {
  return renderInConsole(<SettingsScreen />, {
    hello,
    answers: {
      settings: {
        list: () => Promise.resolve({ settings: [LIMIT, CACHE, ROLE], file: "/home/olga/settings.json" }),
        set: (input) => Promise.resolve({ ...LIMIT, value: input.value }),
        reset: () => Promise.resolve(LIMIT),
        ...part,
      },
      secrets: {
        list: () =>
          Promise.resolve({
            secrets: [{ ref: secretRefSchema.parse("site.1"), fingerprint: "9c1f22ab", changedAtMs: 1 }],
            store: "memory",
          }),
      },
    },
  });
}

describe("the settings screen", () => {
  it("sets a number when one is done typing it, and not before", async () => {
    const user = userEvent.setup();
    const { client } = open();
    const field = await screen.findByRole("textbox", { name: "Rows read by a query" });
    await user.clear(field);
    await user.type(field, "5,000");
    expect(client.calls.some(({ path }) => path === "settings.set")).toBe(false);
    await user.keyboard("{Enter}");
    expect(client.calls).toContainEqual({ path: "settings.set", input: { key: "logs.defaultLimit", value: 5_000 } });
  });

  it("says what is wrong beside the field and sends nothing", async () => {
    const user = userEvent.setup();
    const { client } = open();
    const field = await screen.findByRole("textbox", { name: "Memory for kept answers" });
    await user.clear(field);
    await user.type(field, "2 TiB{Enter}");
    await screen.findByText("At most 1 TiB (and at least 0)");
    await user.tab();
    expect(client.calls.some(({ path }) => path === "settings.set")).toBe(false);
  });

  it("locks what an administrator decided, and says who", async () => {
    open();
    const choice = await screen.findByRole("combobox", { name: "Role" });
    expect(choice).toHaveProperty("disabled", true);
    const panel = screen.getByRole("region", { name: "Safety" });
    expect(within(panel).getByText("administrator")).toBeTruthy();
    expect(
      within(panel)
        .getByRole("button", { name: /Back to the default/ })
        .getAttribute("aria-disabled"),
    ).toBe("true");
  });

  it("locks everything for a role that may not change settings", async () => {
    open({}, { role: "viewer" });
    expect(await screen.findByRole("textbox", { name: "Rows read by a query" })).toHaveProperty("disabled", true);
  });

  it("shows in its row why the core refused", async () => {
    const user = userEvent.setup();
    open({ set: () => Promise.reject(new RemoteError(wireError("settings.managed", { key: "k", source: "flag" }))) });
    const field = await screen.findByRole("textbox", { name: "Rows read by a query" });
    await user.clear(field);
    await user.type(field, "5000{Enter}");
    await screen.findByText(/decided by flag/);
  });

  it("shows of a secret its name and fingerprint, and that memory forgets", async () => {
    open();
    await screen.findByText("9c1f22ab");
    await screen.findByText(/kept in memory only/);
  });

  it("writes its choices in Chinese", async () => {
    renderInConsole(<SettingsScreen />, {
      locale: "zh-CN",
      answers: {
        settings: { list: () => Promise.resolve({ settings: [ROLE], file: "/s.json" }) },
        secrets: { list: () => Promise.resolve({ secrets: [], store: "keychain" }) },
      },
    });
    await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("设置"));
    expect(await screen.findByRole("combobox")).toHaveProperty("value", "管理员");
  });
});

describe("the look", () => {
  const theme = setting({ key: "appearance.theme", kind: "choice", value: "light" });

  it("comes from the core's settings, and stays where they say nothing sensible", () => {
    expect(lookFromSettings([theme], DEFAULT_LOOK)).toEqual({ ...DEFAULT_LOOK, theme: "light" });
    expect(lookFromSettings([{ ...theme, value: "sepia" }], DEFAULT_LOOK)).toEqual(DEFAULT_LOOK);
  });

  it("survives a cache that somebody else wrote", () => {
    expect(readLook({ getItem: () => "{" })).toEqual(DEFAULT_LOOK);
    expect(readLook({ getItem: () => '{"theme":7,"language":"zh-CN"}' })).toEqual({
      ...DEFAULT_LOOK,
      language: "zh-CN",
    });
  });
});
