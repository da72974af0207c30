import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { CallContext } from "../../../src-main/rpc/call-context.ts";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";
import { serveSocket } from "../../../src-main/rpc/serve-socket.ts";
import { createConsoleClient, type ConsoleClient } from "../../../src-renderer/rpc/console-client.ts";
import { createQueryClient } from "../../../src-renderer/rpc/query-client.ts";
import { RpcProvider, useConnection } from "../../../src-renderer/rpc/rpc-context.tsx";
import { useRpcQuery } from "../../../src-renderer/rpc/use-rpc-query.ts";
import { useRpcStream } from "../../../src-renderer/rpc/use-rpc-stream.ts";
import { consoleDoor } from "../../builders/console-door.ts";
import type { DoorSetup } from "../../builders/door-setup.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { portDoor } from "../../builders/port-door.ts";

let setup: DoorSetup;
let client: ConsoleClient;
let queries: QueryClient;
let calls: string[];
let open: number;

const waiting = async (signal: AbortSignal) => {
  open += 1;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  open -= 1;
};

beforeEach(async () => {
  calls = [];
  open = 0;
  let failures = 1;
  const router = consoleDoor({
    "queries.list": async (input) => {
      calls.push(JSON.stringify(input));
      return [];
    },
    "sites.components": async () => {
      calls.push("components");
      if (failures-- > 0) throw new AppError("cluster.unreachable", { host: "10.0.0.1", problem: "refused" });
      return { components: [] };
    },
    "audit.verify": async (_input: unknown, { signal }: CallContext) => {
      await waiting(signal);
      throw signal.reason;
    },
    "session.events": async function* (_input: unknown, { signal }: CallContext) {
      yield { kind: "changed", topics: ["jobs"] };
      await waiting(signal);
    },
  });
  setup = await portDoor({
    serve: (socket) =>
      serveSocket({
        router,
        socket,
        caller: localCaller("ada", "admin", "desktop"),
        logger: new RecordingLogger(),
      }),
  });
  client = createConsoleClient({ url: setup.url, webSocket: setup.webSocket, retryDelayMs: () => 5 });
  queries = createQueryClient(client.connection);
});
afterEach(async () => {
  queries.clear();
  await client.close();
  await setup[Symbol.asyncDispose]();
});

const wrapper = ({ children }: { readonly children: ReactNode }) => (
  <QueryClientProvider client={queries}>
    <RpcProvider client={client}>{children}</RpcProvider>
  </QueryClientProvider>
);

describe("useRpcQuery", () => {
  test("answers, and asks again only when the input is another", async () => {
    const { result, rerender } = renderHook(({ limit }) => useRpcQuery("queries", "list", { kind: "recent", limit }), {
      wrapper,
      initialProps: { limit: 5 },
    });
    await waitFor(() => expect(result.current.data).toEqual([]));
    rerender({ limit: 5 });
    rerender({ limit: 6 });
    await waitFor(() => expect(calls).toHaveLength(2));
    expect(calls.map((call) => JSON.parse(call))).toEqual([
      { kind: "recent", limit: 5 },
      { kind: "recent", limit: 6 },
    ]);
  });

  test("fails with the core's own error", async () => {
    const { result } = renderHook(() => useRpcQuery("jobs", "list", { limit: 1 }), { wrapper });
    await waitFor(() => expect(result.current.error?.wire.code).toBe("sites.unknown"));
  });

  test("is tried again when the core says that may help", async () => {
    const { result } = renderHook(() => useRpcQuery("sites", "components", { site: "lab" }), { wrapper });
    await waitFor(() => expect(result.current.data).toEqual({ components: [] }), { timeout: 5_000 });
    expect(calls).toEqual(["components", "components"]);
  });

  test("is cancelled in the core when its component goes away", async () => {
    const { unmount } = renderHook(() => useRpcQuery("audit", "verify", undefined), { wrapper });
    await waitFor(() => expect(open).toBe(1));
    unmount();
    await waitFor(() => expect(open).toBe(0));
  });

  test("is asked again after the connection was lost", async () => {
    const { result } = renderHook(() => useRpcQuery("queries", "list", { kind: "saved", limit: 1 }), { wrapper });
    await waitFor(() => expect(result.current.data).toEqual([]));
    act(() => setup.cut());
    await waitFor(() => expect(calls).toHaveLength(2));
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
  });
});

describe("useRpcStream", () => {
  test("tells what comes and stops in the core when its component goes away", async () => {
    const seen: string[] = [];
    const { unmount } = renderHook(
      () => {
        useRpcStream("session", "events", undefined, {
          onData: (event) => seen.push(event.kind),
          onError: () => seen.push("error"),
        });
      },
      { wrapper },
    );
    await waitFor(() => expect(seen).toEqual(["changed"]));
    await waitFor(() => expect(open).toBe(1));
    unmount();
    await waitFor(() => expect(open).toBe(0));
    expect(seen).toEqual(["changed"]);
  });

  test("does not begin anew when only the observer is another object", async () => {
    let values = 0;
    const { rerender } = renderHook(
      () => {
        useRpcStream("session", "events", undefined, { onData: () => (values += 1), onError: () => {} });
      },
      { wrapper },
    );
    await waitFor(() => expect(open).toBe(1));
    for (let time = 0; time < 5; time += 1) rerender();
    await client.api.queries.list({ kind: "recent", limit: 1 });
    expect({ open, values }).toEqual({ open: 1, values: 1 });
  });

  test("listens to nothing until there is an input", async () => {
    const { rerender } = renderHook(
      ({ set }: { set: string | null }) => {
        useRpcStream("logs", "watch", set === null ? null : { set }, {
          onData: () => {},
          onError: () => calls.push("refused"),
        });
      },
      { wrapper, initialProps: { set: null as string | null } },
    );
    await client.api.queries.list({ kind: "recent", limit: 1 });
    expect(calls).toHaveLength(1);
    rerender({ set: "rs-1" });
    await waitFor(() => expect(calls).toContain("refused"));
  });
});

test("components see how the page stands with its core", async () => {
  const { result } = renderHook(() => useConnection(({ state }) => state), { wrapper });
  await waitFor(() => expect(result.current).toBe("open"));
  act(() => {
    setup.setDown(true);
    setup.cut();
  });
  await waitFor(() => expect(result.current).toBe("lost"));
  act(() => setup.setDown(false));
  await waitFor(() => expect(result.current).toBe("open"));
});
