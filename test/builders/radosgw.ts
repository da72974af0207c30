import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  createWriteStream,
  mkdirSync,
  readFileSync,
  appendFileSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "./temporary-directory.ts";

const run = promisify(execFile);

const PROGRAMS = ["ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin"];
export const RADOSGW_PACKAGES = ["ceph-mon", "ceph-osd", "ceph-common", "radosgw"];

/** Programs of Ceph that this machine lacks. */
export function missingRadosgwPrograms(): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return PROGRAMS.filter(
    (program) =>
      !folders.some((folder) => {
        try {
          accessSync(join(folder, program), constants.X_OK);
          return true;
        } catch {
          return false;
        }
      }),
  );
}

/** A real S3 server on loopback: one Ceph monitor, one store in memory, one gateway. */
export interface Radosgw extends AsyncDisposable {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Ports {
  readonly v1: number;
  readonly v2: number;
  readonly http: number;
}

function configuration(folder: string, ports: Ports): string {
  return `[global]
fsid = ${randomUUID()}
mon_initial_members = a
mon_host = [v2:127.0.0.1:${ports.v2},v1:127.0.0.1:${ports.v1}]
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = ${folder}/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_data_avail_crit = 1
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
public_network = 127.0.0.0/8
ms_bind_ipv6 = false
run_dir = ${folder}/run
log_file = ${folder}/log/$name.log
admin_socket = ${folder}/run/$name.asok
pid_file = ${folder}/run/$name.pid
mon_data = ${folder}/mon
osd_data = ${folder}/osd
[client]
rgw_frontends = beast endpoint=127.0.0.1:${ports.http}
rgw_enable_usage_log = false
rgw_thread_pool_size = 32
`;
}

function fsidOf(configurationFile: string): string {
  return /fsid = (\S+)/.exec(readFileSync(configurationFile, "utf8"))?.[1] ?? "";
}

async function untilAnswers(endpoint: string, gateway: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 60_000; ;) {
    if (gateway.exitCode !== null) throw new Error(`radosgw ended with ${gateway.exitCode}`);
    const answered = await fetch(endpoint).then(
      (response) => response.status < 500,
      () => false,
    );
    if (answered) return;
    if (Date.now() > deadline) throw new Error("radosgw does not answer");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/**
 * Starts it in a folder of its own and waits until it serves. Disposal ends the processes it started, and those alone.
 * Rejects where programs of Ceph are missing; see `missingRadosgwPrograms`.
 */
export async function startRadosgw(): Promise<Radosgw> {
  const missing = missingRadosgwPrograms();
  if (missing.length > 0) throw new Error(`no ${missing.join(", ")}: install ${RADOSGW_PACKAGES.join(" ")}`);
  const directory = temporaryDirectory();
  const folder = directory.path;
  const children: ChildProcess[] = [];
  const ports = { v1: await freePort(), v2: await freePort(), http: await freePort() };
  const file = join(folder, "ceph.conf");
  for (const name of ["mon", "osd", "run", "log"]) mkdirSync(join(folder, name));
  writeFileSync(file, configuration(folder, ports));
  const keyring = join(folder, "keyring");
  const ceph = (...args: string[]) => run("ceph", ["-c", file, ...args]);
  const daemon = (program: string, ...args: string[]) => {
    const child = spawn(program, ["-f", "-c", file, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr?.pipe(createWriteStream(join(folder, "log", `${program}.stderr`)));
    children.push(child);
    return child;
  };
  const stop = async () => {
    for (const child of children.toReversed()) {
      child.kill("SIGKILL");
      await exited(child);
    }
    directory[Symbol.dispose]();
  };
  try {
    const monmap = join(folder, "monmap");
    const address = `[v2:127.0.0.1:${ports.v2},v1:127.0.0.1:${ports.v1}]`;
    await run("monmaptool", ["--create", "--addv", "a", address, "--fsid", fsidOf(file), monmap]);
    const allow = ["--cap", "mon", "allow *"];
    await run("ceph-authtool", ["--create-keyring", keyring, "--gen-key", "-n", "mon.", ...allow]);
    const admin = [...allow, "--cap", "osd", "allow *", "--cap", "mgr", "allow *"];
    await run("ceph-authtool", [keyring, "--gen-key", "-n", "client.admin", ...admin]);
    await run("ceph-mon", ["--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring, "-c", file]);
    daemon("ceph-mon", "-i", "a");
    const { stdout: id } = await ceph("osd", "create");
    const osd = id.trim();
    const caps = ["mon", "allow profile osd", "osd", "allow *"];
    const { stdout: osdKey } = await ceph("auth", "get-or-create", `osd.${osd}`, ...caps);
    appendFileSync(keyring, osdKey);
    await run("ceph-osd", ["-i", osd, "--mkfs", "-c", file]);
    daemon("ceph-osd", "-i", osd);
    const gateway = daemon("radosgw", "-n", "client.admin");
    const endpoint = `http://127.0.0.1:${ports.http}`;
    await untilAnswers(endpoint, gateway);
    const accessKeyId = "kubemate";
    const secretAccessKey = randomUUID();
    const keys = [`--access-key=${accessKeyId}`, `--secret=${secretAccessKey}`];
    await run("radosgw-admin", ["-c", file, "user", "create", "--uid=test", "--display-name=test", ...keys]);
    return { endpoint, accessKeyId, secretAccessKey, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
