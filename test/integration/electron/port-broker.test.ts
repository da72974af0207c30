import { MessageChannel, type MessagePort as NodePort } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PORT_CHANNEL } from "../../../src-shared/api/port-handover.ts";
import { bridgePorts, type BridgedPage, type BridgeIpc } from "../../../src-main/preload/port-bridge.ts";
import { createDoorClient } from "../../../src-renderer/rpc/console-client.ts";
import { messagePortWebSocketClass, type PagePort } from "../../../src-renderer/rpc/message-port-web-socket.ts";
import { acquireShellPort } from "../../../src-renderer/rpc/shell-port.ts";
import { DesktopSetup } from "../../builders/desktop-console.ts";
import { stateOf } from "../../builders/door-outcome.ts";
import { trialApi } from "../../builders/trial-door.ts";

const ORIGIN = "kubemate-app://console";
const NONCE = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** A window whose messages to itself arrive as a browser's do: later, with source, origin and ports. */
class PageDouble implements BridgedPage {
  readonly location = { origin: ORIGIN };
  readonly #events = new EventTarget();

  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void {
    // Everything raised here has a message event's fields.
    this.#events.addEventListener(type, listener as (event: Event) => void);
  }

  removeEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void {
    this.#events.removeEventListener(type, listener as (event: Event) => void);
  }

  raise(fields: object): void {
    this.#events.dispatchEvent(Object.assign(new Event("message"), fields));
  }

  postMessage(data: unknown, targetOrigin: string, ports: unknown[] = []): void {
    if (targetOrigin !== ORIGIN) throw new Error(`a message for ${targetOrigin}`);
    setImmediate(() => this.raise({ data, origin: ORIGIN, source: this, ports }));
  }
}

let setup: DesktopSetup;
let granted: { readonly nonce: unknown; readonly ports: readonly unknown[] }[];

const ask = (frame: { url?: string; parent?: unknown } | null, nonce: unknown = NONCE) => {
  const senderFrame =
    frame === null
      ? null
      : {
          url: `${ORIGIN}/`,
          parent: null,
          postMessage: (_channel: string, given: unknown, ports: unknown[]) => granted.push({ nonce: given, ports }),
          ...frame,
        };
  setup.electron.ipcMain.emit(PORT_CHANNEL, { sender: setup.electron.window.webContents, senderFrame }, nonce);
};

beforeEach(async () => {
  setup = new DesktopSetup();
  granted = [];
  await setup.start();
});
afterEach(() => {
  for (const { ports } of granted) (ports[0] as NodePort).close();
  setup[Symbol.dispose]();
});

describe("a port to the core", () => {
  test("goes to the page's main frame, with the nonce it asked with", () => {
    ask({});
    ask({ url: `${ORIGIN}/index.html#/explore` });
    expect(granted.map(({ nonce, ports }) => [nonce, ports.length])).toEqual([
      [NONCE, 1],
      [NONCE, 1],
    ]);
    expect(setup.trial.connections).toHaveLength(0);
  });

  test("goes to nobody else", () => {
    ask(null);
    ask({ parent: {} });
    for (const url of [
      "https://evil.example/",
      "kubemate-app://evil/",
      "file:///x",
      "about:blank",
      "",
      `${ORIGIN}.evil/`,
    ]) {
      ask({ url });
    }
    for (const nonce of [null, "", "short", 7, { nonce: NONCE }, `${NONCE}\n`, NONCE.toUpperCase()]) ask({}, nonce);
    expect(granted).toHaveLength(0);
  });

  test("leads to the door, in the desktop shell, for the person at the machine", async () => {
    ask({});
    const port = granted[0]?.ports[0] as PagePort;
    const client = createDoorClient(trialApi, { url: "port", webSocket: messagePortWebSocketClass(async () => port) });
    const { hello } = await stateOf(client, ({ state }) => state === "open");
    expect(hello).toMatchObject({ shell: "desktop", principal: "ada", role: "operator" });
    await expect(client.api.trial.echo({ text: "hello" })).resolves.toEqual({ text: "hello" });
    await client.close();
  });
});

describe("the preload script", () => {
  const bridge = () => {
    const page = new PageDouble();
    const sent: { readonly channel: string; readonly nonce: string }[] = [];
    let deliver: (ports: readonly unknown[], nonce: unknown) => void = () => {};
    const ipc: BridgeIpc = {
      send: (channel, nonce) => {
        sent.push({ channel, nonce });
        ask({}, nonce);
        const [last] = granted.slice(-1);
        if (last !== undefined) deliver(last.ports, last.nonce);
      },
      on: (channel, listener) => {
        expect(channel).toBe(PORT_CHANNEL);
        deliver = (ports, nonce) => listener({ ports }, nonce);
      },
    };
    bridgePorts(page, ipc);
    return { page, sent };
  };

  test("hands the page a port that leads to the core, from end to end", async () => {
    const { page, sent } = bridge();
    // The double has what is used of a window.
    const acquire = () => acquireShellPort(page as unknown as Window);
    const client = createDoorClient(trialApi, { url: "port", webSocket: messagePortWebSocketClass(acquire) });
    await expect(client.api.trial.echo({ text: "through" })).resolves.toEqual({ text: "through" });
    expect(sent).toHaveLength(1);
    await client.close();
  });

  test("puts nothing on the page for it", () => {
    const { page } = bridge();
    expect(Object.keys(page)).toEqual(["location"]);
    expect("kubemate" in globalThis).toBe(false);
  });

  test("passes on nothing but requests for a port, from the page itself", async () => {
    const { page, sent } = bridge();
    const raise = (fields: object) => page.raise(fields);
    const good = { kind: "kubemate:port-request", nonce: NONCE };
    raise({ data: good, origin: "https://evil.example", source: page });
    raise({ data: good, origin: ORIGIN, source: {} });
    raise({ data: { ...good, kind: "kubemate:settings" }, origin: ORIGIN, source: page });
    raise({ data: { ...good, nonce: "../../x" }, origin: ORIGIN, source: page });
    raise({ data: null, origin: ORIGIN, source: page });
    raise({ data: "kubemate:port-request", origin: ORIGIN, source: page });
    expect(sent).toEqual([]);
    raise({ data: good, origin: ORIGIN, source: page });
    expect(sent).toEqual([{ channel: PORT_CHANNEL, nonce: NONCE }]);
  });

  test("a page takes only the port that it asked for", async () => {
    const page = new PageDouble();
    const { port1, port2 } = new MessageChannel();
    const asked: string[] = [];
    page.addEventListener("message", (event) => {
      const data = event.data as { readonly kind: string; readonly nonce: string };
      if (data.kind !== "kubemate:port-request") return;
      asked.push(data.nonce);
      page.postMessage({ kind: "kubemate:port-grant", nonce: NONCE }, ORIGIN, [{ name: "someone else's" }]);
      page.postMessage({ kind: "kubemate:port-grant", nonce: data.nonce }, ORIGIN, []);
      page.postMessage({ kind: "kubemate:port-grant", nonce: data.nonce }, ORIGIN, [port2]);
    });
    expect(await acquireShellPort(page as unknown as Window)).toBe(port2);
    expect(asked[0]).not.toBe(NONCE);
    port1.close();
  });
});
