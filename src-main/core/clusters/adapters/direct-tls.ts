import { readFile } from "node:fs/promises";
import { AppError } from "../../../../src-shared/errors/app-error.ts";

/** TLS of a direct URL as the site's configuration holds it: PEM files by path. */
export interface DirectTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
}

/** The options that Node's `tls.connect` takes, for undici and for `ws` alike. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Reads the files anew, so that a renewed certificate is used with the next connection pool. */
export async function readTlsOptions(tls: DirectTls | undefined): Promise<TlsOptions> {
  if (tls === undefined) return {};
  return {
    ...(tls.caFile === undefined ? {} : { ca: await pem(tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: await pem(tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: await pem(tls.keyFile) }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  };
}

async function pem(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const problem = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new AppError("files.unreadable", { file, problem }, { cause: error });
  }
  if (!text.includes("-----BEGIN ")) throw new AppError("files.unreadable", { file, problem: "not PEM" });
  return text;
}
