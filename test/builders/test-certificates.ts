import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority made with the openssl program in a folder of the test's own. */
export class TestAuthority {
  readonly #folder: string;
  #serial = 0;
  readonly certificate: string;

  constructor(folder: string) {
    this.#folder = folder;
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", this.#file("ca.key"));
    openssl(
      "req",
      "-x509",
      "-new",
      "-key",
      this.#file("ca.key"),
      "-subj",
      "/CN=test ca",
      "-days",
      "30",
      "-out",
      this.#file("ca.crt"),
    );
    this.certificate = readFileSync(this.#file("ca.crt"), "utf8");
  }

  /** A server certificate for the names (`DNS:a`, `IP:127.0.0.1`); `days` below zero makes an expired one. */
  server(names: readonly string[], days = 30): KeyPair {
    return this.#issue("server", `subjectAltName=${names.join(",")}`, days);
  }

  client(commonName: string, days = 30): KeyPair {
    return this.#issue(commonName, "extendedKeyUsage=clientAuth", days);
  }

  #issue(commonName: string, extension: string, days: number): KeyPair {
    const stem = `${commonName.replaceAll(/\W/g, "-")}-${(this.#serial += 1)}`;
    const [key, request, certificate, extensions] = ["key", "csr", "crt", "ext"].map((end) =>
      this.#file(`${stem}.${end}`),
    );
    if (key === undefined || request === undefined || certificate === undefined || extensions === undefined)
      throw new Error();
    writeFileSync(extensions, `${extension}\n`);
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key);
    openssl("req", "-new", "-key", key, "-subj", `/CN=${commonName}`, "-out", request);
    const signed = [
      "-CA",
      this.#file("ca.crt"),
      "-CAkey",
      this.#file("ca.key"),
      "-set_serial",
      String(1_000 + this.#serial),
    ];
    openssl(
      "x509",
      "-req",
      "-in",
      request,
      ...signed,
      "-days",
      String(days),
      "-extfile",
      extensions,
      "-out",
      certificate,
    );
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
