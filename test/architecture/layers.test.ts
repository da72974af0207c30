import { describe, expect, it } from "vitest";
import { sourceFiles, type Import, type SourceFile } from "./source-files.ts";

interface Rule {
  readonly folder: string;
  readonly says: string;
  readonly allows: (target: Import, file: SourceFile) => boolean;
}

const isPackage = ({ target }: Import) => !target.startsWith("src-") && !target.startsWith("node:");
const packageIn = (target: Import, ...names: readonly string[]) =>
  isPackage(target) && names.some((name) => target.target === name || target.target.startsWith(`${name}/`));
const isIn = ({ target }: Import, ...folders: readonly string[]) => folders.some((folder) => target.startsWith(folder));
const domainOf = (path: string) => /^src-main\/core\/([^/]+)\//.exec(path)?.[1] ?? "";
const featureOf = (path: string) => /^src-renderer\/features\/([^/]+)\//.exec(path)?.[1] ?? "";

const SHELL_PACKAGES = ["electron", "@trpc/server", "@trpc/client", "commander", "react", "react-dom"];

const RULES: readonly Rule[] = [
  {
    folder: "src-shared",
    says: "the shared code imports itself, zod, lezer and re2js: no Node, no DOM, no React",
    allows: (target) =>
      isIn(target, "src-shared/") ||
      packageIn(target, "zod", "@lezer/lr", "@lezer/common", "@lezer/highlight", "@grafana/lezer-logql", "re2js"),
  },
  {
    folder: "src-main/core",
    says: "a domain imports shared code, core/common, core/jobs, and of other domains their types alone",
    allows: (target, file) => {
      if (isPackage(target)) return !packageIn(target, ...SHELL_PACKAGES);
      if (isIn(target, "node:", "src-shared/", "src-main/core/common/", "src-main/core/jobs/")) return true;
      if (!isIn(target, "src-main/core/")) return isIn(target, "src-main/lab/") && domainOf(file.path) === "lab";
      if (domainOf(target.target) === domainOf(file.path)) return true;
      // Redaction is one list for the whole program; the composition root names everything.
      if (target.target === "src-main/core/logging/redaction.ts") return true;
      return target.typeOnly || file.path.startsWith("src-main/core/console");
    },
  },
  {
    folder: "src-main/rpc",
    says: "the door imports core and shared code; it knows no shell",
    allows: (target) =>
      isPackage(target)
        ? !packageIn(target, "electron", "react")
        : isIn(target, "node:", "src-shared/", "src-main/core/", "src-main/rpc/"),
  },
  {
    folder: "src-main/lab",
    says: "the lab imports shared code and core/common; it speaks to the console over the network alone",
    allows: (target) =>
      isPackage(target)
        ? !packageIn(target, ...SHELL_PACKAGES)
        : isIn(target, "node:", "src-shared/", "src-main/core/common/", "src-main/lab/"),
  },
  {
    folder: "src-main/headless",
    says: "the headless shell imports core, the door and what serves the page",
    allows: (target) =>
      isPackage(target)
        ? !packageIn(target, "electron", "react")
        : isIn(
            target,
            "node:",
            "src-shared/",
            "src-main/core/",
            "src-main/rpc/",
            "src-main/page/",
            "src-main/headless/",
          ),
  },
  {
    folder: "src-renderer",
    says: "the page imports shared code and itself: nothing of the main process, nothing of Node",
    allows: (target) =>
      target.target === "@trpc/server/observable" || isPackage(target)
        ? !packageIn(target, "electron", "@trpc/server/adapters", "undici", "ws", "@kubernetes/client-node", "pino")
        : isIn(target, "src-shared/", "src-renderer/"),
  },
  {
    folder: "src-renderer/features",
    says: "a feature imports components, hooks, the door's client and itself: never another feature or the app",
    allows: (target, file) =>
      !isIn(target, "src-renderer/") ||
      isIn(target, "src-renderer/components/", "src-renderer/hooks/", "src-renderer/rpc/", "src-renderer/styles/") ||
      featureOf(target.target) === featureOf(file.path),
  },
];

describe("layers", () => {
  it.each(RULES)("$folder: $says", ({ folder, allows }) => {
    const files = sourceFiles(`${folder}/**/*.{ts,tsx}`).filter(({ path }) => !path.endsWith(".d.ts"));
    expect(files.length).toBeGreaterThan(0);
    const offences = files.flatMap((file) =>
      file.imports.filter((target) => !allows(target, file)).map(({ target }) => `${file.path} → ${target}`),
    );
    expect(offences).toEqual([]);
  });

  it("only the desktop shell's entry imports electron for real", () => {
    const importers = sourceFiles("src-*/**/*.{ts,tsx}")
      .filter((file) => file.imports.some(({ target, typeOnly }) => target === "electron" && !typeOnly))
      .map(({ path }) => path)
      .filter((path) => !/^src-main\/(electron\/main|preload\/preload)\.ts$/.test(path));
    expect(importers).toEqual([]);
  });

  it("only the core's edges end the process or print", () => {
    const offences = sourceFiles("src-main/{core,rpc,lab,workers}/**/*.ts", "src-shared/**/*.ts")
      .filter(({ text }) => /\bprocess\.exit\b|\bconsole\.(log|error|warn|info)\(/.test(text))
      .map(({ path }) => path);
    expect(offences).toEqual([]);
  });

  it("the tenant header is set in the Loki adapter alone, and where delete requests are cancelled", () => {
    const setters = sourceFiles("src-{main,renderer,shared}/**/*.{ts,tsx}")
      .filter(({ path }) => !path.startsWith("src-main/lab/"))
      .filter(({ text }) => /["'`]x-scope-orgid["'`]\s*[:\]]/i.test(text))
      .map(({ path }) => path);
    const elsewhere = setters.filter((path) => !path.startsWith("src-main/core/logs/adapters/loki/"));
    expect(elsewhere).toEqual(["src-main/core/health/operations/adapters/delete-requests.ts"]);
  });
});
