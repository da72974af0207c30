import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { PemSource } from "./kubeconfig-model.ts";

/** Certificate and key that a client shows, as PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Reads PEM from a kubeconfig's data or from the file it names. Rejects with `kubeconfig.context-broken`. */
export async function readPem(source: PemSource, what: string, context: string): Promise<string> {
  const text =
    source.kind === "data"
      ? Buffer.from(source.base64, "base64").toString("utf8")
      : await readText(source.path, what, context);
  if (!text.includes("-----BEGIN "))
    throw new AppError("kubeconfig.context-broken", { context, problem: `${what}: no PEM` });
  return text;
}

async function readText(path: string, what: string, context: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new AppError("kubeconfig.context-broken", { context, problem: `${what} ${path}: ${code}` }, { cause: error });
  }
}

/** Keeps the last secure context: making one costs milliseconds, and every connection needs it. */
export class SecureContexts {
  #fingerprint = "";
  #context: SecureContext | null = null;

  /** Without a CA of its own a cluster is trusted as client-go does: by the system's roots (and Node's). */
  get(ca: string | null, client: ClientCertificate | null, contextName: string): SecureContext {
    const fingerprint = createHash("sha256")
      .update(JSON.stringify([ca, client?.certificate, client?.key]))
      .digest("hex");
    if (this.#context !== null && fingerprint === this.#fingerprint) return this.#context;
    try {
      this.#context = createSecureContext({
        ca: ca ?? [...getCACertificates("default"), ...getCACertificates("system")],
        ...(client === null ? {} : { cert: client.certificate, key: client.key }),
        minVersion: "TLSv1.2",
      });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unusable";
      const problem = `certificates: ${code}`;
      throw new AppError("kubeconfig.context-broken", { context: contextName, problem }, { cause: error });
    }
    this.#fingerprint = fingerprint;
    return this.#context;
  }
}
