import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { lockProfile, openProfile } from "../../../src-main/core/common/profile.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const HOLDER = new URL("hold-profile.ts", import.meta.url).pathname;

describe("two consoles on one profile", () => {
  it("refuses the second with the first one's pid, and lets it in after kill -9", async () => {
    using directory = temporaryDirectory();
    const profile = openProfile(directory.path);
    const holder = spawn(process.execPath, [HOLDER, directory.path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    expect(() => lockProfile(profile)).toThrow(AppError);
    try {
      lockProfile(profile);
    } catch (error) {
      expect(error).toMatchObject({ code: "profile.in-use", params: { directory: directory.path, pid: holder.pid } });
    }
    holder.kill("SIGKILL");
    await once(holder, "exit");
    lockProfile(profile)[Symbol.dispose]();
  });

  it("keeps what is in a profile from other users", () => {
    using directory = temporaryDirectory();
    const profile = openProfile(directory.file("fresh"));
    expect(statSync(profile.root).mode & 0o777).toBe(0o700);
    expect(statSync(profile.spill).mode & 0o777).toBe(0o700);
  });
});
