import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CATALOGUE } from "../src-shared/i18n/catalogue.ts";
import { SETTING_DEFINITIONS, type SettingDefinition } from "../src-main/core/settings/setting-definitions.ts";
import { environmentName, isSettingKey } from "../src-main/core/settings/setting-parse.ts";

// Writes `resources/settings.md` from the one table of settings; `--check` fails when the file does not say what the table says.
const FILE = join(import.meta.dirname, "../resources/settings.md");

export function settingsReference(): string {
  const rows = Object.keys(SETTING_DEFINITIONS)
    .filter(isSettingKey)
    .map((key) => {
      const definition: SettingDefinition = SETTING_DEFINITIONS[key];
      const help = CATALOGUE.en[`settings.${key}.help`] ?? "";
      return `| \`${key}\` | ${values(definition)} | \`${String(definition.default)}\` | \`${environmentName(key)}\` | ${help} |`;
    });
  return [
    "# Settings",
    "",
    "Made by `node build/settings-reference.ts` from the table of settings; do not edit.",
    "",
    "The first of these that has a value counts: `--set KEY=VALUE`, the environment, the administrator's file",
    "(`KUBEMATE_MANAGED_SETTINGS`, else `/etc/kubemate/settings.json`), the profile's `settings.json`, the default. The settings page and",
    "`kubemate settings list` say which it is.",
    "",
    "| Key | Values | Default | Environment | Meaning |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function values(definition: SettingDefinition): string {
  switch (definition.kind) {
    case "boolean":
      return "true, false";
    case "choice":
      return definition.choices.join(", ");
    case "string":
      return "text";
    case "bytes":
      return "bytes, or with a unit: `2 GiB`";
    case "number":
    case "duration":
      return `${definition.min} … ${definition.max}`;
    default:
      return definition satisfies never;
  }
}

if (import.meta.main) {
  if (process.argv.includes("--check")) {
    if (readFileSync(FILE, "utf8") !== settingsReference()) {
      console.error("resources/settings.md is not what the table says: run node build/settings-reference.ts");
      process.exitCode = 1;
    }
  } else {
    writeFileSync(FILE, settingsReference());
  }
}
