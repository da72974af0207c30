import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { KubeconfigFiles, kubeconfigPaths } from "../../../src-main/core/clusters/kubeconfig-files.ts";
import { kubeconfigText, TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";

function names(files: KubeconfigFiles): string[] {
  return files.snapshot().contexts.map((context) => context.name);
}

/** Resolves at the change after which the condition holds. */
function until(files: KubeconfigFiles, condition: () => boolean): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = files.onChange(() => {
      if (!condition()) return;
      end();
      resolve();
    });
  });
}

describe("the kubeconfig files of a person", () => {
  it("come from KUBECONFIG, each once, or from the home folder", () => {
    const list = ["/a", "", "/b", "/a"].join(delimiter);
    expect(kubeconfigPaths({ KUBECONFIG: list }, "/home/x")).toEqual({ files: ["/a", "/b"], named: true });
    expect(kubeconfigPaths({ KUBECONFIG: "" }, "/home/x")).toEqual({ files: ["/home/x/.kube/config"], named: false });
  });

  it("give a problem for each broken one while the others work", async () => {
    using folder = new TemporaryFolder();
    const good = folder.write("good", kubeconfigText([{ name: "prod" }]));
    const broken = folder.write("broken", "{{{");
    const empty = folder.write("empty", "");
    const binary = folder.write("binary", Uint8Array.of(0xff, 0xfe, 0x00, 0x80));
    const missing = join(folder.path, "missing");
    await using files = await KubeconfigFiles.open(
      { files: [broken, empty, good, missing, folder.path, binary], named: true },
      new RecordingLogger(),
    );
    expect(names(files)).toEqual(["prod"]);
    expect(files.snapshot().problems.map((problem) => problem.code)).toEqual([
      "kubeconfig.unreadable",
      "kubeconfig.empty",
      "kubeconfig.unreadable",
      "kubeconfig.unreadable",
      "kubeconfig.unreadable",
    ]);
  });

  it("may be missing where nobody named them", async () => {
    using folder = new TemporaryFolder();
    const paths = { files: [join(folder.path, "nowhere", "config")], named: false };
    await using files = await KubeconfigFiles.open(paths, new RecordingLogger());
    expect(files.snapshot()).toEqual({ contexts: [], problems: [] });
  });

  it("are read again when written, replaced by rename, removed, and made anew", async () => {
    using folder = new TemporaryFolder();
    const file = folder.write("config", kubeconfigText([{ name: "one" }]));
    await using files = await KubeconfigFiles.open({ files: [file], named: true }, new RecordingLogger());
    expect(names(files)).toEqual(["one"]);

    writeFileSync(file, kubeconfigText([{ name: "two" }]));
    await until(files, () => names(files)[0] === "two");

    renameSync(folder.write("config.tmp", kubeconfigText([{ name: "three" }])), file);
    await until(files, () => names(files)[0] === "three");
    renameSync(folder.write("config.tmp", kubeconfigText([{ name: "four" }])), file);
    await until(files, () => names(files)[0] === "four");

    rmSync(file);
    await until(files, () => files.snapshot().problems.length === 1);
    expect(names(files)).toEqual([]);

    folder.write("config", kubeconfigText([{ name: "five" }]));
    await until(files, () => names(files)[0] === "five");
    expect(files.snapshot().problems).toEqual([]);
  });

  it("are found when they are made later, folder and all", async () => {
    using folder = new TemporaryFolder();
    const file = join(folder.path, ".kube", "config");
    await using files = await KubeconfigFiles.open({ files: [file], named: false }, new RecordingLogger());
    mkdirSync(join(folder.path, ".kube"));
    writeFileSync(file, kubeconfigText([{ name: "late" }]));
    await until(files, () => names(files)[0] === "late");
  });

  it("announce nothing when the content stays the same", async () => {
    using folder = new TemporaryFolder();
    const file = folder.write("config", kubeconfigText([{ name: "one" }]));
    await using files = await KubeconfigFiles.open({ files: [file], named: true }, new RecordingLogger());
    let changes = 0;
    files.onChange(() => (changes += 1));
    await files.reload();
    expect(changes).toBe(0);
  });
});
