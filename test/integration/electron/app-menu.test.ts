import { describe, expect, test } from "vitest";
import { CATALOGUE, LOCALES } from "../../../src-shared/i18n/catalogue.ts";
import { menuTemplate, type ShellMenuItem } from "../../../src-main/electron/app-menu.ts";
import { DesktopSetup } from "../../builders/desktop-console.ts";

const flat = (items: readonly ShellMenuItem[]): ShellMenuItem[] =>
  items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

describe.each(LOCALES)("the native menu in %s", (locale) => {
  test.each(["linux", "darwin", "win32"] as const)(
    "names every item on %s, and has no way to the developer tools",
    (platform) => {
      const items = flat(menuTemplate(locale, platform, { showProfile: () => {}, openArchive: () => {} }));
      for (const item of items) {
        if (item.type === "separator") continue;
        expect(item.label, JSON.stringify(item)).toMatch(/\S/);
        expect(item.label).not.toMatch(/desktop\.menu|\{\{/);
      }
      const roles = items.map(({ role }) => role).filter((role) => role !== undefined);
      expect(roles).toEqual(
        expect.arrayContaining(["copy", "paste", "reload", "zoomIn", "zoomOut", "resetZoom", "quit", "about"]),
      );
      expect(roles).not.toContain("toggleDevTools");
    },
  );
});

test("the menu is set in the system's language, and shows the profile's folder", async () => {
  using setup = new DesktopSetup();
  setup.electron.app.locale = "zh-CN";
  await setup.start();
  const [menu = []] = setup.electron.menus;
  expect(menu[0]?.label).toBe("文件");
  flat(menu)
    .find(({ label }) => label === CATALOGUE["zh-CN"]["desktop.menu.showProfile"])
    ?.click?.();
  expect(setup.electron.opened).toEqual([setup.profile.path]);
});
