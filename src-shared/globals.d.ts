// The web-standard globals that Node, workers and Chromium all have, and that no ECMAScript library declares. Only what the
// shared code uses: neither the DOM nor Node may slip in here.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(encoding?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string;
}

declare class URL {
  constructor(url: string, base?: string);
  readonly protocol: string;
  readonly href: string;
}

declare class URLSearchParams implements Iterable<[string, string]> {
  constructor(init?: string | Readonly<Record<string, string>>);
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
}
