import { describe, expect, it } from "vitest";
import {
  BUCKET_DAMAGES,
  LAB_FAULTS,
  LAB_INSTANCE_FAULTS,
  LAB_TENANT_FAULTS,
} from "../../src-shared/model/lab-fault.ts";
import { DOCTOR_STEPS } from "../../src-shared/api/sites.api.ts";
import { ERROR_CODES } from "../../src-shared/errors/error-codes.ts";
import { CATALOGUE } from "../../src-shared/i18n/catalogue.ts";
import { JOB_STATES } from "../../src-shared/model/job.ts";
import { PERMISSIONS } from "../../src-shared/permissions/permissions.ts";
import { ROLES } from "../../src-shared/permissions/roles.ts";
import { SETTING_DEFINITIONS } from "../../src-main/core/settings/setting-definitions.ts";
import { sourceFiles } from "./source-files.ts";

/** The forms that English and Chinese have. A reason of Loki's may end with `_many` and is no plural. */
const PLURAL = /_(one|other)$/;
const en = CATALOGUE.en;
const zh = CATALOGUE["zh-CN"];

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([\w.]+)[^}]*\}\}/g)].map(([, name]) => name ?? ""))].sort();
}

function baseKeys(catalogue: Readonly<Record<string, string>>): string[] {
  return [...new Set(Object.keys(catalogue).map((key) => key.replace(PLURAL, "")))].sort();
}

describe("texts", () => {
  it("both languages say the same things", () => {
    expect(baseKeys(zh)).toEqual(baseKeys(en));
  });

  it("no text is empty, and both languages use the same placeholders", () => {
    const offences = Object.keys(en).filter((key) => {
      const other = zh[key] ?? zh[key.replace(PLURAL, "_other")] ?? "";
      return (
        en[key]?.trim() === "" ||
        other.trim() === "" ||
        String(placeholders(other)) !== String(placeholders(en[key] ?? ""))
      );
    });
    expect(offences).toEqual([]);
  });

  it("a plural has its forms: one and other in English, other in Chinese", () => {
    const plural = Object.keys(en).filter((key) => PLURAL.test(key));
    const offences = plural
      .map((key) => key.replace(PLURAL, ""))
      .filter(
        (key) => en[`${key}_one`] === undefined || en[`${key}_other`] === undefined || zh[`${key}_other`] === undefined,
      );
    expect(offences).toEqual([]);
  });

  it("every error code has a text that uses only its own parameters", () => {
    const offences = Object.entries(ERROR_CODES).flatMap(([code, { params }]) => {
      const text = en[`errors.${code}`];
      if (text === undefined) return [`${code}: no text`];
      return placeholders(text)
        .filter((name) => !Object.hasOwn(params, name))
        .map((name) => `${code}: {{${name}}}`);
    });
    expect(offences).toEqual([]);
  });

  it("every setting, role, permission, job state, doctor step and fault has a name", () => {
    const needed = [
      ...Object.keys(SETTING_DEFINITIONS).flatMap((key) => [`settings.${key}.label`, `settings.${key}.help`]),
      ...ROLES.map((role) => `roles.${role}`),
      ...PERMISSIONS.map((permission) => `permissions.${permission}`),
      ...JOB_STATES.map((state) => `jobs.state.${state}`),
      ...DOCTOR_STEPS.map((step) => `doctor.step.${step}`),
      ...[...LAB_FAULTS, ...LAB_INSTANCE_FAULTS, ...LAB_TENANT_FAULTS].map((fault) => `lab.fault.${fault}`),
      ...BUCKET_DAMAGES.map((damage) => `lab.fault.bucket-damage.${damage}`),
    ];
    expect(needed.filter((key) => en[key] === undefined)).toEqual([]);
  });

  it("every text is used somewhere", () => {
    const sources = sourceFiles("src-*/**/*.{ts,tsx}")
      .map(({ text }) => text)
      .join("\n");
    const prefixes = [...sources.matchAll(/`([a-z][\w.-]*\.)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const unused = baseKeys(en).filter(
      // The dear look comes last: there are megabytes of sources.
      (key) => !prefixes.some((prefix) => key.startsWith(prefix)) && !sources.includes(key),
    );
    expect(unused.filter((key) => !key.startsWith("errors.") && !key.startsWith("notices."))).toEqual([]);
  });
});
