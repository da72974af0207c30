import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { temporaryDirectory } from "./temporary-directory.ts";

const START_MS = 30_000;

/** Whether Debian's package `prometheus` is here. */
export function hasPrometheus(): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, "prometheus"), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A process that Prometheus scrapes: labels as service monitors give them, and its page of the moment. */
export interface ScrapedProcess {
  readonly labels: Readonly<Record<string, string>>;
  page: string | ((response: ServerResponse) => void);
}

/** A real Prometheus on loopback that scrapes processes of the test every second. */
export interface PrometheusServer extends AsyncDisposable {
  readonly url: string;
  /** How often a process has been scraped. */
  scrapes(name: string): number;
  /** Ends Prometheus alone. */
  stop(): Promise<void>;
}

/** `processes` by name; the name becomes the target's `instance` unless its labels say otherwise. */
export async function startPrometheus(
  processes: ReadonlyMap<string, ScrapedProcess>,
  scrapeInterval = "1s",
): Promise<PrometheusServer> {
  const folder = temporaryDirectory();
  const counts = new Map<string, number>();
  const pages = await listening((request, response) => {
    const name = decodeURIComponent((request.url ?? "").split("/")[1] ?? "");
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const page = processes.get(name)?.page;
    if (typeof page === "function") return page(response);
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/plain; version=0.0.4" });
    response.end(page ?? "");
  });
  const { port } = pages.address() as AddressInfo;
  const jobs = Map.groupBy(processes, ([, { labels }]) => labels["job"] ?? "loki");
  const configuration = {
    global: { scrape_interval: scrapeInterval, scrape_timeout: scrapeInterval },
    scrape_configs: [...jobs].map(([job, members]) => ({
      job_name: job,
      static_configs: members.map(
        ([
          name,
          {
            labels: { job: _job, ...labels },
          },
        ]) => ({
          targets: [`127.0.0.1:${port}`],
          labels: { instance: name, __metrics_path__: `/${encodeURIComponent(name)}/metrics`, ...labels },
        }),
      ),
    })),
  };
  await writeFile(folder.file("prometheus.yml"), stringify(configuration));
  const child = spawn(
    "prometheus",
    [
      `--config.file=${folder.file("prometheus.yml")}`,
      `--storage.tsdb.path=${folder.file("data")}`,
      "--web.listen-address=127.0.0.1:0",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const kill = () => void child.kill("SIGKILL");
  // A test that is given up on, or a worker that ends, must leave no server behind.
  process.once("exit", kill);
  const late = setTimeout(kill, START_MS);
  const stop = async () => {
    clearTimeout(late);
    process.off("exit", kill);
    kill();
    await exited(child);
  };
  try {
    const address = await listeningAddress(child);
    clearTimeout(late);
    return {
      url: `http://${address}`,
      scrapes: (name) => counts.get(name) ?? 0,
      stop,
      async [Symbol.asyncDispose]() {
        await stop();
        await closed(pages);
        folder[Symbol.dispose]();
      },
    };
  } catch (error) {
    await stop();
    await closed(pages);
    folder[Symbol.dispose]();
    throw error;
  }
}

/** Prometheus says on which port it listens, and afterwards that it is ready. */
async function listeningAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error("no standard error");
  let address = "";
  let ready = false;
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    address = /msg="Listening on" address=(127\.0\.0\.1:\d+)/.exec(line)?.[1] ?? address;
    ready ||= line.includes("ready to receive web requests");
    if (address !== "" && ready) {
      child.stderr.resume();
      return address;
    }
  }
  throw new Error(`prometheus ended: ${said.slice(-5).join("\n")}`);
}

async function listening(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
