import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryDirectory } from "./temporary-directory.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The mark before the fuses in Electron's binary, a version, how many there are, and each at its default. */
const FUSE_WIRE = Buffer.concat([
  Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX"),
  Buffer.from([1, 8]),
  Buffer.from("10110001"),
]);

/** Electron as it is unpacked, without its content: a program with a fuse wire, and the files that the packer looks for. */
function emptyElectron(directory: string): void {
  mkdirSync(join(directory, "locales"), { recursive: true });
  mkdirSync(join(directory, "resources"));
  const program = join(directory, "electron");
  writeFileSync(
    program,
    Buffer.concat([Buffer.from("#!/bin/sh\nexit 0\n"), Buffer.alloc(64), FUSE_WIRE, Buffer.alloc(64)]),
  );
  chmodSync(program, 0o755);
  for (const name of ["LICENSE", "LICENSES.chromium.html"]) writeFileSync(join(directory, name), "licence");
  for (const name of ["en-US", "zh-CN", "de"]) writeFileSync(join(directory, "locales", `${name}.pak`), "texts");
}

export interface PackagedDesktop extends Disposable {
  readonly program: string;
  readonly archive: string;
  readonly directory: string;
}

/** Packages a small program with the real packer and the real configuration, without any download. */
export async function packageDesktop(): Promise<PackagedDesktop> {
  const folder = temporaryDirectory();
  const electron = join(folder.path, "electron");
  emptyElectron(electron);
  const project = join(folder.path, "project");
  const put = (name: string, content: string) => {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), content);
  };
  put("out/main/electron.js", "export {};");
  put("out/preload/preload.cjs", "void 0;");
  put("out/renderer/index.html", "<!doctype html>");
  put("src-main/secret.ts", "not packed");
  put("node_modules/left-over/package.json", '{"name":"left-over","version":"1.0.0"}');
  put("build/electron-builder.yml", readFileSync(join(root, "build/electron-builder.yml"), "utf8"));
  // What our own file says, without what the packer would look for in `node_modules`.
  const { name, version, description, license, type, main, devDependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const trimmed = { electron: devDependencies.electron };
  put("package.json", JSON.stringify({ name, version, description, license, type, main, devDependencies: trimmed }));
  copyFileSync(join(root, "LICENSE"), join(project, "LICENSE"));
  writeFileSync(join(electron, "version"), devDependencies.electron);

  const cli = createRequire(import.meta.url).resolve("electron-builder/cli.js");
  const args = [cli, "--projectDir", project, "--config", "build/electron-builder.yml", "--linux", "dir", "--x64"];
  try {
    await run(process.execPath, [...args, `-c.electronDist=${electron}`], { cwd: project });
  } catch (error) {
    // The packer says what is wrong on its output, which the error's own message leaves out.
    const output = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    throw new Error(`the packer failed: ${output}`, { cause: error });
  }
  const directory = join(project, "dist", "linux-unpacked");
  return {
    directory,
    program: join(directory, "kubemate-console"),
    archive: join(directory, "resources", "app.asar"),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}
