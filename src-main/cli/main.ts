import { enableCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

// The entry of `kubemate`: the only file of the command line that touches the process.
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
process.once("SIGTERM", () => controller.abort());
// What is kept is on disk before it is told, so ending late is no better than ending now.
const CLOSE_WITHIN_MS = 10_000;
controller.signal.addEventListener("abort", () => {
  setTimeout(() => {
    process.stderr.write("kubemate: something did not let go within 10 s of being told to end\n");
    process.exit(process.exitCode ?? 1);
  }, CLOSE_WITHIN_MS).unref();
});
// `kubemate query … | head`: the reader has what it wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  controller.abort();
});

// In the bundle the workers and the page are beside this file; from the sources they are where they are written and built.
const bundled = import.meta.url.endsWith(".js");
const beside = (path: string) => new URL(path, import.meta.url);

// Compiled code is kept between runs: what is imported from here on starts in a fraction of the time.
enableCompileCache();
const { runCli } = await import("./run-cli.ts");

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  signal: controller.signal,
  stdin: process.stdin,
  onLine: (listener) => {
    const lines = createInterface({ input: process.stdin }).on("line", listener);
    return () => {
      lines.close();
      process.stdin.unref();
    };
  },
  onLostRejection: (listener) => {
    process.on("unhandledRejection", listener);
    return () => process.off("unhandledRejection", listener);
  },
  locateWorker: (name) => beside(bundled ? `./workers/${name}.worker.js` : `../workers/${name}.worker.ts`),
  pageDirectory: fileURLToPath(beside(bundled ? "../renderer" : "../../out/renderer")),
});
