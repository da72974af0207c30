import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";

/** What the built page consists of; anything else is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

/** Vite's names for assets: `assets/main-DiwrgTda.js`. Their content never changes under one name. */
const HASHED = /^assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

export interface PageFile {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
  /** Strong, of the content. */
  readonly etag: string;
  readonly immutable: boolean;
}

/** The files of the built page, and only these: nothing above their folder, no hidden file, no link that leads out of it. */
export class PageFiles {
  readonly #directory: string;
  readonly #loaded = new Map<string, { readonly stamp: string; readonly file: PageFile }>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The file of a URL's path (`/` is `index.html`), or `null` where there is none. */
  async find(urlPath: string): Promise<PageFile | null> {
    const path = safePath(urlPath);
    if (path === null) return null;
    try {
      const root = await realpath(this.#directory);
      const real = await realpath(join(root, path));
      if (!real.startsWith(root + sep)) return null;
      const entry = await stat(real);
      if (!entry.isFile()) return null;
      return await this.#load(path, real, `${entry.mtimeMs}-${entry.size}`);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #load(path: string, real: string, stamp: string): Promise<PageFile> {
    const loaded = this.#loaded.get(path);
    if (loaded?.stamp === stamp) return loaded.file;
    const body = await readFile(real);
    const file: PageFile = {
      path,
      type: TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
      body,
      etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`,
      immutable: HASHED.test(path),
    };
    this.#loaded.set(path, { stamp, file });
    return file;
  }
}

/** Plain names below the folder, decoded once; everything else is refused before any file is looked at. */
export function safePath(urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded === "/") return "index.html";
  if (!decoded.startsWith("/") || decoded.length > 512) return null;
  const segments = decoded.slice(1).split("/");
  const plain = segments.every((segment) => /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(segment));
  return plain ? segments.join("/") : null;
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ELOOP" || error.code === "ENAMETOOLONG";
}
