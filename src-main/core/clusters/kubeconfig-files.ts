import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { watch, type FSWatcher } from "chokidar";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import { contextsOf } from "./kubeconfig-contexts.ts";
import type { KubeContext } from "./kubeconfig-model.ts";
import { parseKubeconfig, type ParsedKubeconfig } from "./kubeconfig-parse.ts";

/** More than any real kubeconfig; a FIFO or a log named by mistake must not fill the memory. */
const MAX_FILE_BYTES = 16 * 2 ** 20;

export interface KubeconfigPaths {
  readonly files: readonly string[];
  /** Whether they were named by `KUBECONFIG`; the default file may be missing without being a problem. */
  readonly named: boolean;
}

/** `KUBECONFIG` as kubectl reads it (a list, doubles and empty parts dropped), else `~/.kube/config`. */
export function kubeconfigPaths(
  environment: Readonly<Record<string, string | undefined>>,
  homeDirectory: string,
): KubeconfigPaths {
  const parts = (environment["KUBECONFIG"] ?? "").split(delimiter).filter((part) => part !== "");
  if (parts.length === 0) return { files: [join(homeDirectory, ".kube", "config")], named: false };
  return { files: [...new Set(parts.map((part) => resolve(part)))], named: true };
}

export interface KubeconfigSnapshot {
  readonly contexts: readonly KubeContext[];
  /** One for each file that could not be read; the others still work. */
  readonly problems: readonly AppError[];
}

/** Reads one file and resolves its contexts by itself; for the lab, and for a file that is not on the list. */
export async function readKubeconfigFile(file: string): Promise<ParsedKubeconfig> {
  return parseKubeconfig(file, await readBounded(file));
}

async function readBounded(file: string): Promise<string> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new AppError("kubeconfig.unreadable", { file, problem: "it is a folder" });
    if (!found.isFile()) throw new AppError("kubeconfig.unreadable", { file, problem: "it is no regular file" });
    if (found.size > MAX_FILE_BYTES)
      throw new AppError("kubeconfig.unreadable", { file, problem: "larger than 16 MiB" });
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new AppError("kubeconfig.unreadable", { file, problem: code }, { cause: error });
  }
}

/** The kubeconfig files of this person, watched: a change on disk is here within moments, however the editor saves. */
export class KubeconfigFiles implements AsyncDisposable {
  readonly #paths: KubeconfigPaths;
  readonly #logger: Logger;
  readonly #listeners = new Set<() => void>();
  #snapshot: KubeconfigSnapshot = { contexts: [], problems: [] };
  #fingerprint = "";
  #watcher: FSWatcher | null = null;
  #reading: Promise<void> | null = null;
  #again = false;

  private constructor(paths: KubeconfigPaths, logger: Logger) {
    this.#paths = paths;
    this.#logger = logger;
  }

  /** Reads all files and begins to watch them. Never rejects for what is in the files. */
  static async open(paths: KubeconfigPaths, logger: Logger): Promise<KubeconfigFiles> {
    const files = new KubeconfigFiles(paths, logger);
    const watcher = watch([...paths.files], { ignoreInitial: true, persistent: false });
    watcher.on("all", () => fireAndForget(files.reload(), logger, "reading the kubeconfig files again failed"));
    watcher.on("error", (error) => logger.warn("watching the kubeconfig files failed", { error: String(error) }));
    files.#watcher = watcher;
    await once(watcher, "ready");
    await files.reload();
    return files;
  }

  get paths(): readonly string[] {
    return this.#paths.files;
  }

  snapshot(): KubeconfigSnapshot {
    return this.#snapshot;
  }

  context(site: SiteId): KubeContext | null {
    return this.#snapshot.contexts.find((context) => context.site === site) ?? null;
  }

  /** Called after contexts or problems have changed; the answer ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads all files again. A call while one runs makes it run once more, so the last change is never missed. */
  async reload(): Promise<void> {
    if (this.#reading !== null) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#readUntilSettled();
    try {
      await this.#reading;
    } finally {
      this.#reading = null;
    }
  }

  async #readUntilSettled(): Promise<void> {
    do {
      this.#again = false;
      // oxlint-disable-next-line no-await-in-loop -- one reading at a time
      await this.#readOnce();
    } while (this.#again);
  }

  async #readOnce(): Promise<void> {
    const results = await Promise.all(this.#paths.files.map((file) => this.#readFile(file)));
    const parsed: ParsedKubeconfig[] = [];
    const problems: AppError[] = [];
    for (const result of results) {
      if (result instanceof AppError) problems.push(result);
      else if (result !== null) parsed.push(result);
    }
    this.#snapshot = { contexts: contextsOf(parsed), problems };
    const fingerprint = JSON.stringify([this.#snapshot.contexts, problems.map((problem) => problem.toWire())]);
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    for (const listener of this.#listeners) listener();
  }

  async #readFile(file: string): Promise<ParsedKubeconfig | AppError | null> {
    try {
      return await readKubeconfigFile(file);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const missing = error.code === "kubeconfig.unreadable" && error.params["problem"] === "ENOENT";
      if (missing && !this.#paths.named) return null;
      this.#logger.warn("a kubeconfig file could not be read", { file, code: error.code });
      return error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#watcher?.close();
    await this.#reading;
  }
}
