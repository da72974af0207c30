import type { Writable } from "node:stream";
import type { Clock } from "../core/common/clock.ts";
import type { ScanNews } from "../core/storage/scans/scan-order.ts";
import type { StoreAway } from "../core/storage/scans/store-patience.ts";
import { terminalSafe } from "./terminal.ts";

/** A person sees a line that moves; a log, one from time to time. */
const LINE_EVERY_MS = 1_000;
const LOGGED_EVERY_MS = 30_000;

/** How far a scan is, on standard error. */
export class ScanStatusLine {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  readonly #clock: Clock;
  #writtenAtMs: number;
  #open = false;

  constructor(stream: Writable & { readonly isTTY?: boolean }, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#writtenAtMs = clock.nowMs();
  }

  news({ phase, bytes, totalBytes, listed, summary }: ScanNews): void {
    const every = this.#stream.isTTY === true ? LINE_EVERY_MS : LOGGED_EVERY_MS;
    if (this.#clock.nowMs() - this.#writtenAtMs < every) return;
    const tenant = summary.now?.tenant ?? null;
    const whole = listed ? `${totalBytes}` : `${totalBytes} so far`;
    this.#write(
      `${phase}: ${bytes} of ${whole} bytes, ${summary.objects} objects${tenant === null ? "" : `, tenant ${tenant}`}`,
    );
  }

  waiting(away: StoreAway | null): void {
    if (away === null) this.#write("the store is back");
    else this.#write(`waiting for the store until ${new Date(away.untilMs).toISOString()}: ${away.error.code}`);
  }

  end(): void {
    if (this.#open) this.#stream.write("\n");
    this.#open = false;
  }

  #write(text: string): void {
    this.#writtenAtMs = this.#clock.nowMs();
    const line = terminalSafe(text).slice(0, 200);
    this.#open = this.#stream.isTTY === true;
    this.#stream.write(this.#open ? `\r\u001b[2K${line}` : `${line}\n`);
  }
}
