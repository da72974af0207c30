import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { settingsReference } from "../../build/settings-reference.ts";
import { ROOT } from "./source-files.ts";

it("the reference of settings says what the table says", () => {
  expect(readFileSync(join(ROOT, "resources/settings.md"), "utf8")).toBe(settingsReference());
});
