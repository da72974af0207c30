import { readFileSync } from "node:fs";
import { Option, type Command } from "commander";
import { AppError } from "../../src-shared/errors/app-error.ts";

/** How a command is told where logs come from. */
export interface SourceOptions {
  readonly source?: string;
  readonly site?: string;
  readonly tenant?: string;
  readonly tailSource?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
  readonly header?: readonly string[];
}

export function addSourceOptions(command: Command): Command {
  return command
    .option("--source <place>", "a Loki's address; for query and export also files, an archive, a copied bucket")
    .addOption(new Option("--site <id>", "a site of this profile instead, by id or name").conflicts("source"))
    .option("--tenant <id>", "the tenant; none for a Loki without tenants")
    .option("--tail-source <url>", "where tail is served, when not at --source")
    .option("--username <name>", "basic authentication, with --password-file")
    .option("--password-file <file>", "a file that holds the password alone")
    .option("--token-file <file>", "a file that holds a bearer token alone")
    .option("--ca-file <file>", "certificates to trust, PEM")
    .option("--cert-file <file>", "client certificate, PEM")
    .option("--key-file <file>", "its key, PEM")
    .option("--server-name <name>", "the name the certificate is checked for")
    .option("--insecure-skip-verify", "trust any certificate")
    .option("--header <name=value>", "a header sent with each request; may be repeated", collect);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The headers of `--header`; the tenant's is not among them, whatever is asked. */
export function extraHeaders(options: SourceOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (options.header ?? []).map((text) => {
      const split = text.indexOf("=");
      if (split < 1) throw new AppError("request.invalid", { path: "--header", problem: text });
      return [text.slice(0, split), text.slice(split + 1)] as const;
    }),
  );
}

/** A secret that a file holds alone; the line end belongs to the file. */
export function secretFile(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: String(error) }, { cause: error });
  }
}
