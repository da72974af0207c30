import type { ApiClient, StreamObserver, Subscription } from "../../src-shared/api/client.ts";
import { consoleApi, type ConsoleApi } from "../../src-shared/api/console-api.ts";
import type { DomainContract } from "../../src-shared/api/procedure.ts";
import type { Hello } from "../../src-shared/api/session.api.ts";
import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import { createConnectionStore } from "../../src-renderer/rpc/connection-state.ts";
import type { ConsoleClient } from "../../src-renderer/rpc/console-client.ts";

/** Answers by domain and procedure; those left out fail as a bug of the test, not silently. */
export type FakeAnswers = {
  readonly [Domain in keyof ConsoleApi]?: Partial<ApiClient<ConsoleApi>[Domain]>;
};

export interface FakeCall {
  readonly path: string;
  readonly input: unknown;
}

export interface FakeConsoleClient extends ConsoleClient {
  /** Every call and subscription, in order. */
  readonly calls: readonly FakeCall[];
  /** Sends an output to everyone who listens to a stream that `FakeAnswers` leaves out. */
  emit(path: string, output: unknown): void;
  /** Ends such a stream for everyone who listens. */
  end(path: string): void;
}

export const HELLO: Hello = {
  protocol: 1,
  version: "0.1.0",
  principal: "olga",
  role: "admin",
  readOnly: false,
  permissions: [],
  shell: "browser",
  platform: "linux x64",
  profileDirectory: "/home/olga/.config/kubemate-console",
};

function unanswered(path: string): RemoteError {
  return new RemoteError({
    code: "internal",
    params: {},
    category: "internal",
    retryable: false,
    reference: `no answer for ${path}`,
  });
}

/**
 * A door for component tests: the page's components on the real hooks, over answers the test gives. Inputs and outputs are
 * parsed by the real schemas, so that a test cannot agree with a component on something the door would refuse.
 */
export function createFakeConsoleClient(answers: FakeAnswers, hello: Hello | null = HELLO): FakeConsoleClient {
  const calls: FakeCall[] = [];
  const listeners = new Map<string, Set<StreamObserver<unknown>>>();
  const domains = Object.entries(consoleApi as Readonly<Record<string, DomainContract>>).map(([domain, contracts]) => {
    // The answers of a domain have its procedures' names; each is called as its kind is.
    const given = (answers as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>)[domain] ?? {};
    const procedures = Object.entries(contracts).map(([name, contract]) => {
      const path = `${domain}.${name}`;
      const answer = given[name];
      if (contract.kind === "stream") {
        return [
          name,
          (input: unknown, observer: StreamObserver<unknown>): Subscription => {
            calls.push({ path, input });
            contract.input.parse(input);
            if (typeof answer === "function") return answer(input, observer) as Subscription;
            const heard = listeners.get(path) ?? new Set();
            listeners.set(path, heard.add(observer));
            return { unsubscribe: () => void heard.delete(observer) };
          },
        ];
      }
      return [
        name,
        async (input: unknown): Promise<unknown> => {
          calls.push({ path, input });
          contract.input.parse(input);
          if (typeof answer !== "function") throw unanswered(path);
          return contract.output.parse(await answer(input));
        },
      ];
    });
    return [domain, Object.fromEntries(procedures)];
  });
  const connection = createConnectionStore();
  if (hello !== null) connection.setState({ state: "open", hello, openings: 1 });
  return {
    // Every domain and procedure of the table is there, each with the function of its kind.
    api: Object.fromEntries(domains) as ApiClient<ConsoleApi>,
    connection,
    calls,
    emit: (path, output) => {
      for (const observer of listeners.get(path) ?? []) observer.onData(output);
    },
    end: (path) => {
      for (const observer of listeners.get(path) ?? []) observer.onEnd?.();
    },
    close: () => Promise.resolve(),
  };
}
