import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { SettingsService, type SettingsOptions } from "../../../src-main/core/settings/settings.service.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

function optionsIn(directory: TemporaryDirectory, overrides: Partial<SettingsOptions> = {}): SettingsOptions {
  return {
    file: directory.file("settings.json"),
    managedFile: directory.file("managed.json"),
    flags: {},
    environment: {},
    announcer: new RecordingAnnouncer(),
    logger: new RecordingLogger(),
    clock: new ManualClock(),
    ...overrides,
  };
}

describe("settings", () => {
  it("takes flag before environment before managed file before user file before default, and says which", async () => {
    using directory = temporaryDirectory();
    writeFileSync(directory.file("managed.json"), JSON.stringify({ "logs.defaultLimit": 3_000 }));
    const user = new SettingsService(optionsIn(directory, { managedFile: directory.file("none.json") }));
    expect(user.describe("logs.defaultLimit")).toMatchObject({ value: 100_000, source: "default", locked: false });
    await user.set("logs.defaultLimit", 4_000);
    expect(user.describe("logs.defaultLimit")).toMatchObject({ value: 4_000, source: "user", locked: false });

    const managed = new SettingsService(optionsIn(directory));
    expect(managed.describe("logs.defaultLimit")).toMatchObject({ value: 3_000, source: "managed", locked: true });
    const environment = { KUBEMATE_LOGS_DEFAULT_LIMIT: "2000" };
    const byEnvironment = new SettingsService(optionsIn(directory, { environment }));
    expect(byEnvironment.describe("logs.defaultLimit")).toMatchObject({ value: 2_000, source: "environment" });
    const byFlag = new SettingsService(optionsIn(directory, { environment, flags: { "logs.defaultLimit": "1000" } }));
    expect(byFlag.describe("logs.defaultLimit")).toMatchObject({ value: 1_000, source: "flag", locked: true });
  });

  it("refuses to change what a higher source decides, what it does not know, and what does not parse", async () => {
    using directory = temporaryDirectory();
    const settings = new SettingsService(optionsIn(directory, { flags: { "logs.defaultLimit": 1_000 } }));
    await expect(settings.set("logs.defaultLimit", 2_000)).rejects.toSatisfy((e) => hasCode(e, "settings.managed"));
    await expect(settings.set("logs.nope", 1)).rejects.toSatisfy((e) => hasCode(e, "settings.unknown"));
    await expect(settings.set("logs.warnRangeHours", 0)).rejects.toSatisfy((e) => hasCode(e, "settings.invalid"));
    await expect(settings.set("appearance.theme", "pink")).rejects.toSatisfy((e) => hasCode(e, "settings.invalid"));
  });

  it("reads bytes with units and booleans as words", async () => {
    using directory = temporaryDirectory();
    const settings = new SettingsService(optionsIn(directory));
    await settings.set("logs.warnBytes", "1.5 GiB");
    await settings.set("logs.cacheEnabled", "false");
    expect(settings.get("logs.warnBytes")).toBe(1.5 * 2 ** 30);
    expect(settings.get("logs.cacheEnabled")).toBe(false);
  });

  it("keeps keys that it does not know, for the newer program that wrote them", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("settings.json");
    writeFileSync(file, JSON.stringify({ version: 1, content: { "health.later": true } }));
    const settings = new SettingsService(optionsIn(directory));
    await settings.set("logs.cacheEnabled", false);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      version: 1,
      content: { "health.later": true, "logs.cacheEnabled": false },
    });
  });

  it("sets a broken file aside with a notice and never overwrites it", async () => {
    using directory = temporaryDirectory();
    const announcer = new RecordingAnnouncer();
    writeFileSync(directory.file("settings.json"), '{"version":1,"content":{"logs.defaultLimit":12');
    const settings = new SettingsService(optionsIn(directory, { announcer }));
    await settings.set("logs.cacheEnabled", false);
    expect(announcer.notices).toMatchObject([{ key: "settings.file-broken", severity: "warning" }]);
    const kept = readdirSync(directory.path).find((name) => name.includes("broken"));
    expect(kept).toBeDefined();
    expect(readFileSync(directory.file(kept ?? ""), "utf8")).toContain("12");
  });

  it("tells listeners of a change, and only of theirs", async () => {
    using directory = temporaryDirectory();
    const settings = new SettingsService(optionsIn(directory));
    const seen: unknown[] = [];
    const stop = settings.onChange("appearance.timeZone", (zone) => seen.push(zone));
    await settings.set("appearance.timeZone", "local");
    await settings.set("logs.cacheEnabled", false);
    await settings.reset("appearance.timeZone");
    stop();
    await settings.set("appearance.timeZone", "local");
    expect(seen).toEqual(["local", "utc"]);
  });
});
