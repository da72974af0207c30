import { readFileSync } from "node:fs";
import { listPackage } from "@electron/asar";
import { FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { validateConfiguration } from "app-builder-lib/out/util/config/config.js";
import { DebugLogger } from "builder-util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { packageDesktop } from "../../builders/packaged-desktop.ts";
import { CONSOLE_LINK_SCHEME } from "../../../src-shared/model/console-link.ts";

const text = readFileSync(new URL("../../../build/electron-builder.yml", import.meta.url), "utf8");
const packageFile = z
  .object({ main: z.string(), dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")));
const config = z
  .looseObject({
    electronFuses: z.record(z.string(), z.boolean()),
    files: z.array(z.string()),
    asar: z.boolean(),
    npmRebuild: z.boolean(),
    publish: z.null(),
    protocols: z.array(z.object({ name: z.string(), schemes: z.array(z.string()), role: z.string() })),
    linux: z.looseObject({ target: z.array(z.string()), mimeTypes: z.array(z.string()) }),
    mac: z.looseObject({ target: z.array(z.string()), hardenedRuntime: z.boolean() }),
    win: z.looseObject({ target: z.array(z.string()) }),
  })
  .parse(parse(text));

/** `EnableCookieEncryption` in the fuses' own list is `enableCookieEncryption` in the packer's. */
const FUSES = Object.keys(FuseV1Options)
  .filter((name) => !/^\d+$/.test(name))
  .map((name) => name.charAt(0).toLowerCase() + name.slice(1));

describe("packaging", () => {
  test("the packer itself accepts every word of the configuration", async () => {
    await expect(validateConfiguration(parse(text), new DebugLogger(false))).resolves.toBeUndefined();
    const misspelt = { ...parse(text), electronFuse: {} };
    await expect(validateConfiguration(misspelt, new DebugLogger(false))).rejects.toThrow("electronFuse");
  });

  test("every fuse that Electron has is decided, and none is left to its default", () => {
    expect(Object.keys(config.electronFuses).toSorted()).toEqual(FUSES.toSorted());
  });

  test("the fuses close what the program never needs", () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(config.asar).toBe(true);
  });

  test("the program registers its links on every system", () => {
    expect(config.protocols.flatMap(({ schemes }) => schemes)).toEqual([CONSOLE_LINK_SCHEME]);
    expect(config.linux.mimeTypes).toContain(`x-scheme-handler/${CONSOLE_LINK_SCHEME}`);
  });

  test("there is a package for each system, nothing is rebuilt and nothing is uploaded", () => {
    expect(config.linux.target).toEqual(["AppImage", "deb"]);
    expect(config.mac).toMatchObject({ target: ["dmg"], hardenedRuntime: true });
    expect(config.win.target).toEqual(["nsis"]);
    expect(config.npmRebuild).toBe(false);
    expect(config.publish).toBeNull();
  });

  test("the package holds what was built, and its entry is in it", () => {
    expect(config.files).toEqual(["out/**", "package.json", "!node_modules/**"]);
    expect(packageFile.main).toBe("./out/main/electron.js");
    expect(Object.keys(packageFile.dependencies)).not.toContain("node");
  });

  test("a package made with it has these fuses in its program, and nothing but what was built in its archive", async () => {
    using made = await packageDesktop();
    const wire = await getCurrentFuseWire(made.program);
    // A fuse is written as the digit 0 or 1.
    const state = (on: boolean) => (on ? "1" : "0").codePointAt(0);
    for (const [index, name] of FUSES.entries()) {
      expect(wire[index as FuseV1Options], name).toBe(state(config.electronFuses[name] === true));
    }
    const held = listPackage(made.archive, { isPack: false }).filter((path) => /\.[a-z]+$/.test(path));
    expect(held.toSorted()).toEqual([
      "/out/main/electron.js",
      "/out/preload/preload.cjs",
      "/out/renderer/index.html",
      "/package.json",
    ]);
  });
});
