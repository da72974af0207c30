import { AppError } from "../../../../src-shared/errors/app-error.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * `HOST:PORT`, split at the last colon, so that a pod's address of IPv6 goes in as it is. There is no default host: who
 * wants every interface has to write `0.0.0.0` or `::`.
 * @throws AppError `request.invalid`
 */
export function listenAddress(text: string): ListenAddress {
  const [, host = "", digits = ""] =
    /^(?:\[([^\]]+)\]|(.+)):(\d{1,5})$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  const port = Number(digits);
  if (host === "" || digits === "" || port > 65_535) {
    throw new AppError("request.invalid", { path: "--metrics-listen", problem: text.slice(0, 100) });
  }
  return { host, port };
}
