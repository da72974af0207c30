import { globSync } from "node:fs";
import { basename } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

// Everything is bundled into main but the modules that carry a native part: one file starts in a fifth of the time.
const NATIVE = ["electron", "snappy", "lz4-napi", "@node-rs/crc32"];

const workers = Object.fromEntries(
  globSync("src-main/workers/*.worker.ts").map((file) => [`workers/${basename(file, ".ts")}`, file]),
);

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        external: NATIVE,
        input: {
          electron: "src-main/electron/main.ts",
          cli: "src-main/cli/main.ts",
          ...workers,
        },
        output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
      },
      outDir: "out/main",
      target: "node24",
      minify: false,
      sourcemap: true,
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { preload: "src-main/preload/preload.ts" },
        // A sandboxed preload is a CommonJS script.
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
      outDir: "out/preload",
    },
  },
  renderer: {
    root: "src-renderer",
    plugins: [react()],
    build: {
      rollupOptions: { input: "src-renderer/index.html" },
      outDir: "out/renderer",
      // The policy lets fonts and images come from the console alone, so nothing is inlined as a data: address.
      assetsInlineLimit: 0,
      target: "chrome150",
      minify: true,
    },
  },
});
