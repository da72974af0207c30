import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.ts";

// `npm run -s kubemate -- …`: the command line from the sources, built first when it is stale. Standard output belongs to
// the command alone.
ensureBuilt((sentence) => process.stderr.write(`${sentence}\n`));
await import(pathToFileURL(join(import.meta.dirname, "../out/main/cli.js")).href);
