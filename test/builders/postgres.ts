import { execFile, spawn } from "node:child_process";
import { chownSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { temporaryDirectory } from "./temporary-directory.ts";

const run = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";

/** Debian keeps the server's programs outside PATH, by version; the newest there is, or `null`. */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
  const folders = versions.map((version) => join(DEBIAN, version, "bin"));
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres"))) ?? null;
}

/** A real PostgreSQL on loopback, with a folder, user and port of its own. */
export interface Postgres extends AsyncDisposable {
  /** Of a new and empty database each time. */
  createDatabase(): Promise<string>;
  /** Ends the server at once, as a crash does. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
}

/** The server refuses to run as root: then it runs as Debian's own user for it. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  if (account === null) throw new Error("root, and no user postgres to run the server as");
  return { uid: Number(account[1]), gid: Number(account[2]) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function untilAnswers(url: string, ended: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; ;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (ended() || Date.now() > deadline) throw new Error("PostgreSQL does not start", { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function startPostgres(): Promise<Postgres> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error("no PostgreSQL: install the package postgresql");
  const directory = temporaryDirectory();
  const account = unprivileged();
  if (account !== undefined) chownSync(directory.path, account.uid, account.gid);
  const data = directory.file("data");
  const environment = { cwd: directory.path, env: { PATH: process.env["PATH"], LC_ALL: "C" }, ...account };
  const init = ["-D", data, "-U", "kubemate", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"];
  await run(join(programs, "initdb"), init, environment);
  const port = await freePort();
  const url = (database: string) => `postgres://kubemate:not-asked@127.0.0.1:${port}/${database}`;
  const options = ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", directory.path, "-F"];
  let end: () => Promise<void> = async () => {};
  const start = async () => {
    const child = spawn(join(programs, "postgres"), options, { ...environment, stdio: "ignore" });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    end = async () => {
      // SIGQUIT is PostgreSQL's immediate shutdown; it takes its own children with it.
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGQUIT");
      await exited;
    };
    await untilAnswers(url("postgres"), () => child.exitCode !== null || child.signalCode !== null);
  };
  let databases = 0;
  try {
    await start();
  } catch (error) {
    await end();
    directory[Symbol.dispose]();
    throw error;
  }
  return {
    createDatabase: async () => {
      const client = new pg.Client({ connectionString: url("postgres") });
      await client.connect();
      databases += 1;
      await client.query(`CREATE DATABASE ledger_${databases}`);
      await client.end();
      return url(`ledger_${databases}`);
    },
    start,
    stop: () => end(),
    [Symbol.asyncDispose]: async () => {
      await end();
      directory[Symbol.dispose]();
    },
  };
}
