import { globSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { WORKER_BUNDLES } from "./builders/worker-source.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles the worker threads' entries once a run, as the build does. Threads that run TypeScript each compile Node's own
 * WebAssembly of the type stripper while others end, and V8 now and then dies of that (`Check failed: jit_page.has_value()`,
 * or a SIGSEGV): seen once in some 170 runs of one file on Node 24.21. What is shipped strips no types.
 */
export async function setup(): Promise<() => void> {
  // Inside of the tree, where the native modules are found; of this run alone.
  const outDir = join(ROOT, "node_modules/.cache/kubemate-test-workers", String(process.pid));
  try {
    await bundle(outDir);
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    console.warn("The worker threads could not be bundled and run from their sources:", error);
    return () => undefined;
  }
  process.env[WORKER_BUNDLES] = outDir;
  return () => rmSync(outDir, { recursive: true, force: true });
}

async function bundle(outDir: string): Promise<void> {
  const entries = globSync(["src-main/workers/*.worker.ts", "test/builders/*.worker.ts"], { cwd: ROOT });
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    ssr: { noExternal: true, external: ["snappy", "lz4-napi", "@node-rs/crc32"] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: "node24",
      minify: false,
      sourcemap: true,
      rollupOptions: {
        input: Object.fromEntries(entries.map((file) => [basename(file, ".ts"), join(ROOT, file)])),
        output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
      },
    },
  });
}
