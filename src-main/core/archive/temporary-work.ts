import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

const NAME = /^kubemate-archive-([0-9a-f]{12})-(\d{1,10})-/;

/**
 * A work folder for one process without a profile of its own. What processes of this machine and person left that died
 * without clearing up goes first: unpacked files may be large.
 */
export async function openTemporaryWork(
  parent: string = tmpdir(),
): Promise<AsyncDisposable & { readonly path: string }> {
  await clearOfDeadProcesses(parent);
  const path = await mkdtemp(join(parent, `kubemate-archive-${thisMachine()}-${process.pid}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function clearOfDeadProcesses(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, machine, pid] = NAME.exec(name) ?? [];
    if (machine !== thisMachine() || pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Process numbers mean nothing on another machine or in another container that shares the folder. */
function thisMachine(): string {
  return createHash("sha256")
    .update(`${hostname()} ${process.getuid?.() ?? ""}`)
    .digest("hex")
    .slice(0, 12);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one that lives.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
