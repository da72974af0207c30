import { useEffect, useRef } from "react";
import type { StreamObserver, Subscription } from "../../src-shared/api/client.ts";
import type { DomainName, InputOf, OutputOf, ProcedureName } from "./procedure-names.ts";
import { useRpc } from "./rpc-context.tsx";

/**
 * Listens to a stream while the component is there, again from the start when `input` changes (by value). `null` listens
 * to nothing. The observer may be a new object at every rendering; the newest one is told.
 */
export function useRpcStream<Domain extends DomainName, Name extends ProcedureName<Domain, "stream">>(
  domain: Domain,
  name: Name,
  input: InputOf<Domain, Name> | null,
  observer: StreamObserver<OutputOf<Domain, Name>>,
): void {
  const { api } = useRpc();
  const newest = useRef(observer);
  useEffect(() => {
    newest.current = observer;
  });
  const listening = input !== null;
  const inputText = JSON.stringify(input ?? null);
  useEffect(() => {
    if (!listening) return undefined;
    // `Name` is a stream of `Domain` by its type, and `input` and the values are read from the same table.
    const listen = api[domain][name] as unknown as (
      input: unknown,
      observer: StreamObserver<OutputOf<Domain, Name>>,
    ) => Subscription;
    // A procedure without input has `undefined`, which JSON has not.
    const subscription = listen(JSON.parse(inputText) ?? undefined, {
      onData: (output) => newest.current.onData(output),
      onError: (error) => newest.current.onError(error),
      onEnd: () => newest.current.onEnd?.(),
    });
    return () => subscription.unsubscribe();
  }, [api, domain, name, listening, inputText]);
}
