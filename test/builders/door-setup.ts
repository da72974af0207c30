import type { Trial } from "./trial-door.ts";

/** One kind of socket between a page and the door, with what a test may do to it. */
export interface DoorSetup extends AsyncDisposable {
  readonly url: string;
  readonly webSocket: typeof WebSocket;
  /** What a page of our own builds on: no line splitting, to send what a hostile page might. */
  readonly rawWebSocket: typeof globalThis.WebSocket;
  /** Breaks every open socket as a pulled cable would. */
  cut(): void;
  /** While held, the page reads nothing. */
  holdReader(held: boolean): void;
  /** Refuses new sockets while down. */
  setDown(down: boolean): void;
  /** How many sockets were refused so far. */
  readonly refused: number;
  readonly openSockets: number;
}

export type DoorKind = (trial: Trial) => Promise<DoorSetup>;
