import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root,
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    globalSetup: [fileURLToPath(new URL("bundle-workers.ts", import.meta.url))],
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          include: ["test/{unit,contract,integration,architecture}/**/*.test.ts"],
        },
      },
      {
        extends: true,
        plugins: [react()],
        test: {
          name: "renderer",
          environment: "jsdom",
          include: ["test/{unit,contract,integration}/**/*.test.tsx"],
          setupFiles: ["test/unit/jsdom-setup.ts"],
        },
      },
    ],
  },
});
