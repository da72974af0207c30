import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

export interface ContextParts {
  readonly name: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
}

/** The text of a kubeconfig whose contexts each have a cluster and a user of their own. */
export function kubeconfigText(contexts: readonly ContextParts[], current?: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": current ?? contexts[0]?.name ?? "",
    clusters: contexts.map(({ name, cluster }) => ({
      name: `${name}-cluster`,
      cluster: cluster ?? { server: "https://127.0.0.1:6443" },
    })),
    users: contexts.map(({ name, user }) => ({ name: `${name}-user`, user: user ?? { token: "t" } })),
    contexts: contexts.map(({ name, namespace }) => ({
      name,
      context: {
        cluster: `${name}-cluster`,
        user: `${name}-user`,
        ...(namespace === undefined ? {} : { namespace }),
      },
    })),
  });
}

/** A folder for the test's files, gone with the test. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "kubemate-test-"));

  write(name: string, content: string | Uint8Array, mode = 0o600): string {
    const file = join(this.path, name);
    writeFileSync(file, content, { mode });
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
