import type { ApiClient, CallOptions, StreamObserver } from "../../src-shared/api/client.ts";
import { consoleApi, type ConsoleApi } from "../../src-shared/api/console-api.ts";
import type { DomainContract } from "../../src-shared/api/procedure.ts";
import type { ConnectionStore } from "./connection-state.ts";
import { DoorLink, type DoorLinkOptions } from "./door-link.ts";

type ApiTable = Readonly<Record<string, DomainContract>>;

/** The door as a page sees it. */
export interface DoorClient<Api extends ApiTable> {
  readonly api: ApiClient<Api>;
  readonly connection: ConnectionStore;
  close(): Promise<void>;
}

export type ConsoleClient = DoorClient<ConsoleApi>;

export function createConsoleClient(options: DoorLinkOptions): ConsoleClient {
  return createDoorClient(consoleApi, options);
}

/** The typed client of any table; it begins to connect at once. */
export function createDoorClient<Api extends ApiTable>(api: Api, options: DoorLinkOptions): DoorClient<Api> {
  const link = new DoorLink(options);
  const domains = Object.entries(api).map(([domain, contracts]) => {
    const procedures = Object.entries(contracts).map(([name, contract]) => {
      const path = `${domain}.${name}`;
      const { kind } = contract;
      return [
        name,
        kind === "stream"
          ? (input: unknown, observer: StreamObserver<unknown>) => link.stream(path, input, observer)
          : (input: unknown, callOptions?: CallOptions) => link.call(kind, path, input, callOptions),
      ];
    });
    return [domain, Object.fromEntries(procedures)];
  });
  return {
    // Every domain and procedure of the table is there, each with the function of its kind.
    api: Object.fromEntries(domains) as ApiClient<Api>,
    connection: link.state,
    close: () => link.close(),
  };
}
