import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOSE_CODES, MAX_MESSAGE_BYTES } from "../../../src-shared/api/door-wire.ts";
import type { CallOptions } from "../../../src-shared/api/client.ts";
import { MAX_BUFFERED_FOR_STREAMS } from "../../../src-main/rpc/answer-stream.ts";
import { createDoorClient, type DoorClient } from "../../../src-renderer/rpc/console-client.ts";
import { failureOf, stateOf } from "../../builders/door-outcome.ts";
import type { DoorKind, DoorSetup } from "../../builders/door-setup.ts";
import { Trial, trialApi, type TrialApi } from "../../builders/trial-door.ts";

/** What every kind of socket between a page and the core must do. */
export function describeSocket(name: string, open: DoorKind): void {
  describe(`the door over ${name}`, () => {
    let trial: Trial;
    let setup: DoorSetup;
    let clients: DoorClient<TrialApi>[];

    beforeEach(async () => {
      trial = new Trial();
      setup = await open(trial);
      clients = [];
    });
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await setup[Symbol.asyncDispose]();
    });

    const connect = (protocol?: number) => {
      const client = createDoorClient(trialApi, {
        url: setup.url,
        webSocket: setup.webSocket,
        retryDelayMs: () => 5,
        ...(protocol === undefined ? {} : { protocol }),
      });
      clients.push(client);
      return client;
    };
    const opened = async () => {
      const client = connect();
      await stateOf(client, ({ state }) => state === "open");
      return client;
    };

    test("a call is answered", async () => {
      const client = connect();
      await expect(client.api.trial.echo({ text: "日志" })).resolves.toEqual({ text: "日志" });
    });

    test("calls at the same time get their own answers", async () => {
      const client = connect();
      const texts = Array.from({ length: 200 }, (_, index) => `call ${index}`);
      const answers = await Promise.all(texts.map((text) => client.api.trial.echo({ text })));
      expect(answers.map(({ text }) => text)).toEqual(texts);
    });

    test("the connection is open when the core has said hello, and says who the page works for", async () => {
      const client = connect();
      expect(client.connection.getState().state).toBe("connecting");
      const state = await stateOf(client, ({ state: now }) => now === "open");
      expect(state.hello).toMatchObject({ principal: "ada", role: "operator" });
      expect(state.openings).toBe(1);
    });

    test("a failure of the closed list arrives with its code and parameters, and nothing of its cause", async () => {
      const error = await failureOf(connect().api.trial.fail());
      expect(error.wire).toEqual({
        code: "loki.failed",
        params: { status: 502, text: "bad gateway" },
        category: "upstream",
        retryable: true,
      });
      expect(JSON.stringify(error.wire)).not.toContain("secret-body");
    });

    test("bad input is refused with the field that is wrong", async () => {
      const client = connect();
      // A page of another build could send this; the types of this one do not let it.
      const wrong = { text: "x", repeat: -1 };
      const error = await failureOf(client.api.trial.echo(wrong));
      expect(error.wire).toMatchObject({ code: "request.invalid", params: { path: "repeat" } });
    });

    test("an input that is too large fails without being sent, and the connection stays", async () => {
      const client = await opened();
      const error = await failureOf(client.api.trial.echo({ text: "x".repeat(MAX_MESSAGE_BYTES) }));
      expect(error.wire.code).toBe("request.too-large");
      await expect(client.api.trial.echo({ text: "still here" })).resolves.toEqual({ text: "still here" });
      expect(trial.connections).toHaveLength(1);
    });

    test("large calls of one moment do not add up to a message that is too large", async () => {
      const client = await opened();
      const text = "x".repeat(MAX_MESSAGE_BYTES / 2);
      const answers = await Promise.all([1, 2, 3, 4].map(() => client.api.trial.echo({ text })));
      expect(answers.every((answer) => answer.text.length === text.length)).toBe(true);
      expect(trial.connections).toHaveLength(1);
    });

    test("a message that is too large closes the socket with 1009", async () => {
      const socket = new setup.rawWebSocket(`${setup.url}?connectionParams=1`);
      await eventOf(socket, "open");
      socket.send("x".repeat(MAX_MESSAGE_BYTES + 1));
      const { code } = await eventOf(socket, "close");
      expect(code).toBe(CLOSE_CODES.tooLarge);
    });

    test("a message that is no call is answered with an error, and the socket stays", async () => {
      const socket = new setup.rawWebSocket(`${setup.url}?connectionParams=1`);
      await eventOf(socket, "open");
      socket.send('{"method":"connectionParams","data":{"protocol":"1"}}');
      const first = eventOf(socket, "message");
      socket.send("\u0000not json");
      expect(String((await first).data)).toContain("request.invalid");
      const second = eventOf(socket, "message");
      socket.send('{"id":1,"method":"query","params":{"path":"trial.echo","input":{"input":{"text":"here"}}}}');
      expect(String((await second).data)).toContain("here");
      socket.close();
      await eventOf(socket, "close");
    });

    test("many calls in one message are refused, each of them, and none is made", async () => {
      const socket = new setup.rawWebSocket(`${setup.url}?connectionParams=1`);
      await eventOf(socket, "open");
      socket.send('{"method":"connectionParams","data":{"protocol":"1"}}');
      const call = (id: number) => ({
        id,
        method: "mutation",
        params: { path: "trial.change", input: { input: { to: id } } },
      });
      const first = eventOf(socket, "message");
      socket.send(JSON.stringify([call(1), call(2)]));
      expect(String((await first).data)).toContain("request.invalid");
      socket.close();
      await eventOf(socket, "close");
      expect(trial.trace.value).toBe(0);
    });

    test("cancelling a call rejects it at once and aborts its handler", async () => {
      const client = await opened();
      const controller = new AbortController();
      const failure = failureOf(client.api.trial.wait(undefined, { signal: controller.signal }));
      await trial.until(({ open: running }) => running === 1);
      controller.abort();
      expect((await failure).wire.code).toBe("request.cancelled");
      await trial.until(({ aborted, open: running }) => aborted === 1 && running === 0);
    });

    test("a call that is cancelled before it is made is never sent", async () => {
      const client = await opened();
      const options: CallOptions = { signal: AbortSignal.abort() };
      expect((await failureOf(client.api.trial.change({ to: 7 }, options))).wire.code).toBe("request.cancelled");
      await client.api.trial.echo({ text: "later" });
      expect(trial.trace.value).toBe(0);
    });

    test("a lost connection fails what is under way and aborts its handlers", async () => {
      const client = await opened();
      const failure = failureOf(client.api.trial.wait());
      await trial.until(({ open: running }) => running === 1);
      setup.cut();
      expect((await failure).wire).toMatchObject({ code: "rpc.disconnected", retryable: true });
      await trial.until(({ aborted }) => aborted === 1);
    });

    test("after a lost connection the page connects again by itself", async () => {
      const client = await opened();
      setup.cut();
      await stateOf(client, ({ openings }) => openings === 2);
      await expect(client.api.trial.echo({ text: "again" })).resolves.toEqual({ text: "again" });
    });

    test("while the connection is lost calls fail at once, and it comes back when the core does", async () => {
      const client = await opened();
      setup.setDown(true);
      setup.cut();
      await stateOf(client, ({ state }) => state === "lost");
      expect((await failureOf(client.api.trial.change({ to: 1 }))).wire.code).toBe("rpc.disconnected");
      await eventually(() => setup.refused >= 3);
      setup.setDown(false);
      await stateOf(client, ({ state }) => state === "open");
      expect(trial.trace.value).toBe(0);
    });

    test("a command that was under way when the connection broke is not sent a second time", async () => {
      const client = await opened();
      const failure = failureOf(client.api.trial.waitAndChange());
      await trial.until(({ open: running }) => running === 1);
      setup.cut();
      expect((await failure).wire.code).toBe("rpc.disconnected");
      await stateOf(client, ({ openings }) => openings === 2);
      await client.api.trial.echo({ text: "after it" });
      const changes = trial.audit.entries.filter(({ record }) => record.action === "trial.waitAndChange");
      expect(changes.map(({ outcome }) => outcome)).toEqual(["cancelled"]);
    });

    test("a page that finds nobody at first is lost, and connects when there is somebody", async () => {
      setup.setDown(true);
      const client = connect();
      const early = failureOf(client.api.trial.change({ to: 3 }));
      await stateOf(client, ({ state }) => state === "lost");
      expect((await early).wire.code).toBe("rpc.disconnected");
      await eventually(() => setup.refused >= 3);
      setup.setDown(false);
      await stateOf(client, ({ state }) => state === "open");
      expect(trial.trace.value).toBe(0);
    });

    test("a page of another protocol is told so, once and for all, and does nothing", async () => {
      const client = connect(999);
      const change = failureOf(client.api.trial.change({ to: 5 }));
      const state = await stateOf(client, ({ state: now }) => now === "incompatible");
      expect(state.error).toMatchObject({ code: "rpc.version-mismatch", params: { client: 999, server: 1 } });
      expect((await change).wire.code).toBe("rpc.version-mismatch");
      expect((await failureOf(client.api.trial.echo({ text: "x" }))).wire.code).toBe("rpc.version-mismatch");
      expect(trial.trace.value).toBe(0);
      expect(trial.connections).toHaveLength(1);
    });

    test("a stream yields everything in order and then ends", async () => {
      const { values, end } = collect(await opened(), { to: 100 });
      await end;
      expect(values).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
      await trial.until(({ open: running }) => running === 0);
    });

    test("a stream that fails says why after what it had yielded", async () => {
      const { values, end } = collect(await opened(), { to: 100, failAt: 4 });
      await expect(end).rejects.toMatchObject({ wire: { code: "loki.timed-out", params: { seconds: 30 } } });
      expect(values).toEqual([1, 2, 3]);
    });

    test("letting go of a stream ends its generator", async () => {
      const client = await opened();
      const { subscription, end } = collect(client, { to: 1_000_000_000 });
      await trial.until(({ produced }) => produced >= 3);
      subscription.unsubscribe();
      await trial.until(({ open: running }) => running === 0);
      const produced = trial.trace.produced;
      await client.api.trial.echo({ text: "a round trip later" });
      expect(trial.trace.produced).toBe(produced);
      expect(await Promise.race([end, Promise.resolve("still quiet")])).toBe("still quiet");
    });

    test("a stream whose handler does not listen still ends when the page lets go", async () => {
      const client = await opened();
      const first = Promise.withResolvers<number>();
      const subscription = client.api.trial.deaf(undefined, { onData: first.resolve, onError: first.reject });
      await first.promise;
      subscription.unsubscribe();
      await expect(client.api.trial.echo({ text: "fine" })).resolves.toEqual({ text: "fine" });
    });

    test("a stream is subscribed again after the connection was lost", async () => {
      const client = await opened();
      const seen: number[] = [];
      let wake = () => {};
      const subscription = client.api.trial.follow(
        { tenant: "alpha" },
        {
          onData: (value) => {
            seen.push(value);
            wake();
          },
          onError: () => seen.push(Number.NaN),
          onEnd: () => seen.push(Number.POSITIVE_INFINITY),
        },
      );
      const until = (count: number) =>
        new Promise<void>((resolve) => {
          wake = () => seen.length >= count && resolve();
          wake();
        });
      await until(1);
      setup.cut();
      await until(2);
      subscription.unsubscribe();
      expect(seen).toEqual([1, 1]);
    });

    test("a slow reader slows the source down, and nothing is lost", async () => {
      const client = await opened();
      const padding = 64 * 1_024;
      const total = 4_000;
      setup.holdReader(true);
      const { values, end } = collect(client, { to: total, padding });
      const [connection] = trial.connections;
      await trial.until(({ produced }) => produced > 1);
      // The source stands still when no turn of the event loop makes it go on.
      for (let last = -1; last !== trial.trace.produced;) {
        last = trial.trace.produced;
        for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(trial.trace.produced).toBeLessThan(total / 2);
      expect(connection?.socket.bufferedAmount).toBeLessThan(MAX_BUFFERED_FOR_STREAMS + 4 * padding);
      setup.holdReader(false);
      await end;
      expect(values).toHaveLength(total);
      expect(values.at(-1)).toBe(total);
    });

    test("a page that no longer answers is found and let go, with all it had under way", async () => {
      await setup[Symbol.asyncDispose]();
      trial = new Trial({}, { pingMs: 10, pongWaitMs: 10 });
      setup = await open(trial);
      const socket = new setup.rawWebSocket(`${setup.url}?connectionParams=1`);
      await eventOf(socket, "open");
      socket.send('{"method":"connectionParams","data":{"protocol":"1"}}');
      socket.send('{"id":1,"method":"query","params":{"path":"trial.wait","input":{"call":1}}}');
      await eventOf(socket, "close");
      await trial.until(({ aborted }) => aborted === 1);
      await eventually(() => setup.openSockets === 0);
    });

    test("a page that answers pings is kept", async () => {
      await setup[Symbol.asyncDispose]();
      trial = new Trial({}, { pingMs: 5, pongWaitMs: 1_000 });
      setup = await open(trial);
      const client = await opened();
      const socket = new setup.rawWebSocket(`${setup.url}?connectionParams=1`);
      const pings = new Promise<void>((resolve) => {
        let count = 0;
        socket.addEventListener("message", ({ data }) => {
          if (data !== "PING") return;
          socket.send("PONG");
          count += 1;
          if (count === 10) resolve();
        });
      });
      await pings;
      expect(socket.readyState).toBe(socket.OPEN);
      expect(client.connection.getState().openings).toBe(1);
      socket.close();
      await eventOf(socket, "close");
    });

    test("a closed client leaves no call, generator, socket or listener behind", async () => {
      const client = await opened();
      const calls = [failureOf(client.api.trial.wait()), failureOf(client.api.trial.wait())];
      collect(client, { to: 1_000_000_000 });
      await trial.until(({ open: running }) => running === 3);
      await client.close();
      expect((await Promise.all(calls)).map(({ wire }) => wire.code)).toEqual(["rpc.disconnected", "rpc.disconnected"]);
      await trial.until(({ open: running }) => running === 0);
      await eventually(() => setup.openSockets === 0);
      await eventually(() => trial.connections.every(({ runningCalls }) => runningCalls === 0));
      expect(trial.bugs).toEqual([]);
    });
  });
}

function collect(client: DoorClient<TrialApi>, input: { to: number; padding?: number; failAt?: number }) {
  const values: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // A test that is not about the end does not wait for it.
  promise.catch(() => undefined);
  const subscription = client.api.trial.count(input, {
    onData: ({ n }) => values.push(n),
    onError: reject,
    onEnd: resolve,
  });
  return { values, end: promise, subscription };
}

function eventOf<Name extends keyof WebSocketEventMap>(
  socket: WebSocket,
  name: Name,
): Promise<WebSocketEventMap[Name]> {
  return new Promise((resolve) => {
    socket.addEventListener(name, resolve, { once: true });
  });
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
