import { createContext, useContext, type ReactElement, type ReactNode } from "react";
import { useStore } from "zustand";
import type { ConnectionState } from "./connection-state.ts";
import type { ConsoleClient } from "./console-client.ts";

const RpcContext = createContext<ConsoleClient | null>(null);

interface RpcProviderProps {
  readonly client: ConsoleClient;
  readonly children: ReactNode;
}

export function RpcProvider({ client, children }: RpcProviderProps): ReactElement {
  return <RpcContext value={client}>{children}</RpcContext>;
}

/** The door that the components around this one call through. */
export function useRpc(): ConsoleClient {
  const client = useContext(RpcContext);
  if (client === null) throw new Error("no door around this component");
  return client;
}

/** Selects narrowly from how the page stands with its core. */
export function useConnection<Value>(select: (state: ConnectionState) => Value): Value {
  return useStore(useRpc().connection, select);
}
