import type { ObjectStore, PutOptions } from "../../src-main/core/storage/object-store.ts";

/** The same store, but putting where there is an object already is never refused: as old MinIO does it. */
export function ignoringAbsence(store: ObjectStore): ObjectStore {
  return wrapped(store, (name, args) => {
    if (name !== "put") return args;
    const [key, bytes, { ifAbsent: _ifAbsent, ...options }, signal] = args as [
      string,
      Uint8Array,
      PutOptions,
      AbortSignal,
    ];
    return [key, bytes, options, signal];
  });
}

/** Calls `before` with the name of every call and what it is given; what it answers is passed on. */
export function wrapped(
  store: ObjectStore,
  before: (name: string, args: readonly unknown[]) => readonly unknown[],
  after: (name: string) => void = () => undefined,
): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        const given = typeof name === "string" ? before(name, args) : args;
        const answer: unknown = Reflect.apply(value, target, [...given]);
        if (!(answer instanceof Promise)) return answer;
        return answer.then((settled: unknown) => {
          after(String(name));
          return settled;
        });
      };
    },
  });
}
