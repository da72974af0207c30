import { EventEmitter } from "node:events";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_MESSAGE_BYTES } from "../../../src-shared/api/door-wire.ts";
import { MessagePortServerSocket, type MainPort } from "../../../src-main/rpc/message-port-server-socket.ts";

/** A port whose other end is the test. */
class OtherEnd extends EventEmitter implements MainPort {
  readonly posted: unknown[] = [];
  closed = 0;

  postMessage(message: unknown): void {
    this.posted.push(message);
  }
  start(): void {}
  close(): void {
    this.closed += 1;
  }
  says(data: unknown): void {
    this.emit("message", { data });
  }
}

function attach() {
  const port = new OtherEnd();
  const socket = new MessagePortServerSocket(port);
  const events: string[] = [];
  socket.on("message", (data) => events.push(`message ${data.toString()}`));
  socket.on("error", (error) => events.push(`error ${error.message}`));
  socket.on("close", () => events.push("close"));
  return { port, socket, events };
}

describe("the core's end of a MessagePort", () => {
  test("says that it is open, and hands on what the page sends", () => {
    const { port, events } = attach();
    port.says({ kind: "data", text: "日志" });
    expect(port.posted).toEqual([{ kind: "open" }]);
    expect(events).toEqual(["message 日志"]);
  });

  test("counts what the page has yet to take, and never below nothing", async () => {
    const { port, socket } = attach();
    socket.send("12345");
    socket.send("67890");
    expect(socket.bufferedAmount).toBe(10);
    const waiting = socket.whenBelow(5, new AbortController().signal);
    port.says({ kind: "taken", characters: 5 });
    await waiting;
    port.says({ kind: "taken", characters: 1_000 });
    expect(socket.bufferedAmount).toBe(0);
  });

  test("lets go of who waits when the page goes away, or the wait is called off", async () => {
    const first = attach();
    first.socket.send("12345");
    const waiting = first.socket.whenBelow(0, new AbortController().signal);
    first.port.emit("close");
    await waiting;
    const second = attach();
    second.socket.send("12345");
    const controller = new AbortController();
    const cancelled = second.socket.whenBelow(0, controller.signal);
    controller.abort();
    await cancelled;
  });

  test("closes once, whoever begins, and is silent afterwards", () => {
    const { port, socket, events } = attach();
    socket.close(4401, "session expired");
    port.emit("close");
    port.says({ kind: "close", code: 1_000, reason: "" });
    port.says({ kind: "data", text: "late" });
    socket.send("late");
    socket.terminate();
    expect(events).toEqual(["close"]);
    expect(port.closed).toBe(1);
    expect(port.posted).toEqual([{ kind: "open" }, { kind: "close", code: 4401, reason: "session expired" }]);
  });

  test("refuses a text that is too large in bytes, however few its characters", () => {
    const { port, events } = attach();
    port.says({ kind: "data", text: "日".repeat(Math.floor(MAX_MESSAGE_BYTES / 3) + 1) });
    expect(events).toEqual(["close"]);
    expect(port.posted.at(-1)).toMatchObject({ kind: "close", code: 1009 });
  });

  test("stays sound whatever a page sends", () => {
    const hostile = fc.oneof(
      fc.anything(),
      fc.record({
        kind: fc.constantFrom("open", "data", "taken", "close", "x"),
        characters: fc.anything(),
        text: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 20 }), (messages) => {
        const { port, socket } = attach();
        for (const message of messages) port.says(message);
        expect(socket.bufferedAmount).toBe(0);
        expect([1, 3]).toContain(socket.readyState);
      }),
    );
  });
});
