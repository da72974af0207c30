import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import type { ConnectionState, ConnectionStore } from "../../src-renderer/rpc/connection-state.ts";

/** Resolves with the first state that is as wanted, now or later. */
export function stateOf(
  client: { readonly connection: ConnectionStore },
  wanted: (state: ConnectionState) => boolean,
): Promise<ConnectionState> {
  return new Promise((resolve) => {
    let stop = () => {};
    const look = (state: ConnectionState) => {
      if (!wanted(state)) return;
      stop();
      resolve(state);
    };
    stop = client.connection.subscribe(look);
    look(client.connection.getState());
  });
}

/** What a call failed with; anything else than a `RemoteError` fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<RemoteError> {
  const outcome: unknown = await call.then(
    (answer) => new Error(`answered ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof RemoteError) return outcome;
  throw outcome;
}
