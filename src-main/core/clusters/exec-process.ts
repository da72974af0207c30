import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { Clock } from "../common/clock.ts";

const MAX_STDOUT_BYTES = 2 ** 20;
const STDERR_TAIL_BYTES = 2_048;
/** From SIGTERM to SIGKILL. */
const GRACE_MS = 500;
/** How long a child of the plugin may keep its pipes open after the plugin itself has ended. */
const PIPE_LINGER_MS = 500;

export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type ProcessOutcome =
  | { readonly kind: "exited"; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "timed-out"; readonly stderr: string }
  | { readonly kind: "too-much-output"; readonly stderr: string }
  | { readonly kind: "not-started"; readonly problem: string }
  | { readonly kind: "aborted" };

/**
 * Runs a program without a terminal to its end, its time limit, or the signal. Its whole process group is ended with it, so
 * that a plugin's own children do not live on. A death by signal n counts as exit code 128 + n, as in a shell.
 */
export function runProcess(request: ProcessRequest, clock: Clock): Promise<ProcessOutcome> {
  if (request.signal.aborted) return Promise.resolve({ kind: "aborted" });
  return new Promise((settle) => {
    const child = spawn(request.file, [...request.args], {
      env: { ...request.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const stdout = collect(child.stdout, MAX_STDOUT_BYTES, "head");
    const stderr = collect(child.stderr, STDERR_TAIL_BYTES, "tail");
    let done = false;
    const finish = (outcome: ProcessOutcome) => {
      if (done) return;
      done = true;
      cancelTimeout();
      request.signal.removeEventListener("abort", onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
      settle(outcome);
    };
    const stop = (outcome: () => ProcessOutcome) => {
      endGroup(child, clock);
      finish(outcome());
    };
    const onAbort = () => stop(() => ({ kind: "aborted" }));
    const cancelTimeout = clock.after(request.timeoutMs, () =>
      stop(() => ({ kind: "timed-out", stderr: stderr.text() })),
    );
    request.signal.addEventListener("abort", onAbort, { once: true });
    stdout.onOverflow(() => stop(() => ({ kind: "too-much-output", stderr: stderr.text() })));
    const exited = (code: number | null, signal: NodeJS.Signals | null): ProcessOutcome => ({
      kind: "exited",
      exitCode: code ?? 128 + (signal === null ? 0 : signalNumber(signal)),
      stdout: stdout.text(),
      stderr: stderr.text(),
    });
    child.once("error", (error) => finish({ kind: "not-started", problem: error.message.slice(0, 300) }));
    child.once("exit", (code, signal) => clock.after(PIPE_LINGER_MS, () => finish(exited(code, signal))));
    child.once("close", (code, signal) => finish(exited(code, signal)));
  });
}

function collect(stream: Readable, maxBytes: number, keep: "head" | "tail") {
  let bytes = Buffer.alloc(0);
  let overflow: (() => void) | null = null;
  stream.on("data", (piece: Buffer) => {
    bytes = Buffer.concat([bytes, piece]);
    if (bytes.length <= maxBytes) return;
    bytes = keep === "tail" ? bytes.subarray(bytes.length - maxBytes) : bytes.subarray(0, maxBytes);
    if (keep === "head") overflow?.();
  });
  return {
    text: () => bytes.toString("utf8"),
    onOverflow: (listener: () => void) => {
      overflow = listener;
    },
  };
}

function endGroup(child: ChildProcess, clock: Clock): void {
  signalGroup(child, "SIGTERM");
  clock.after(GRACE_MS, () => signalGroup(child, "SIGKILL"));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: everything in the group has ended by itself, which is what is wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function signalNumber(signal: NodeJS.Signals): number {
  const known: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGPIPE: 13,
    SIGTERM: 15,
  };
  return known[signal] ?? 0;
}
