import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import type { Lab } from "../../../src-main/lab/lab.ts";
import { push, quietLab } from "../../builders/lab-loki.ts";
import type { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const frameSchema = z.object({
  streams: z
    .array(z.object({ stream: z.record(z.string(), z.string()), values: z.array(z.array(z.unknown())) }))
    .optional(),
  dropped_entries: z.array(z.object({ timestamp: z.string(), labels: z.record(z.string(), z.string()) })).optional(),
  encodingFlags: z.array(z.string()).optional(),
});
type Frame = z.infer<typeof frameSchema>;

const open: { lab: Lab; sockets: WebSocket[] }[] = [];

afterEach(async () => {
  for (const { lab, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.terminate();
    await lab.close();
  }
});

async function labWithLines(lines: number): Promise<{ lab: Lab; clock: ManualClock; sockets: WebSocket[] }> {
  const { lab, clock } = await quietLab(NOW, { limits: { narrow: { max_concurrent_tail_requests: 1 } } });
  const sockets: WebSocket[] = [];
  open.push({ lab, sockets });
  if (lines > 0) await pushLines(lab, "bank", lines, NOW - 60_000);
  return { lab, clock, sockets };
}

async function pushLines(lab: Lab, tenant: string, lines: number, fromMs: number, prefix = "line"): Promise<void> {
  const values = Array.from(
    { length: lines },
    (_, n) =>
      [String(BigInt(fromMs) * 1_000_000n + BigInt(n)), `level=info ${prefix} ${n}`, { trace_id: `t${n}` }] as [
        string,
        string,
        Record<string, string>,
      ],
  );
  const { status, text } = await push(lab, tenant, [{ stream: { app: "x" }, values }]);
  if (status !== 204) throw new Error(`${status} ${text}`);
}

interface Tail {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  readonly lines: () => string[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Opens a tail; resolves when the server has taken it or refused it. */
async function tail(
  own: { lab: Lab; sockets: WebSocket[] },
  query: string,
  options: { tenant?: string; more?: string; categorize?: boolean } = {},
): Promise<Tail> {
  const url = `${own.lab.lokiUrl.replace("http", "ws")}/loki/api/v1/tail?query=${encodeURIComponent(query)}${options.more ?? ""}`;
  const headers = {
    "X-Scope-OrgID": options.tenant ?? "bank",
    ...(options.categorize === true ? { "X-Loki-Response-Encoding-Flags": "categorize-labels" } : {}),
  };
  const socket = new WebSocket(url, { headers });
  own.sockets.push(socket);
  const frames: Frame[] = [];
  socket.on("message", (data: Buffer) => frames.push(frameSchema.parse(JSON.parse(data.toString()))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("unexpected-response", (_request, response) => reject(new Error(`${response.statusCode}`)));
    socket.once("error", reject);
  });
  const lines = () =>
    frames.flatMap(({ streams = [] }) => streams.flatMap(({ values }) => values.map(([, line]) => String(line))));
  return { socket, frames, lines, closed };
}

/** Moves the lab's clock on until something holds, so that no test waits for real time. */
async function until(clock: ManualClock, holds: () => boolean): Promise<void> {
  for (let round = 0; round < 400 && !holds(); round += 1) {
    await clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(holds()).toBe(true);
}

describe("tail", () => {
  it("brings history oldest first, at most a hundred entries a frame, then what is pushed, each once", async () => {
    const own = await labWithLines(250);
    const { frames, lines } = await tail(own, '{app="x"}', { more: "&limit=230", categorize: true });
    await until(own.clock, () => lines().length >= 230);
    expect(
      frames.every(({ streams = [] }) => streams.length <= 100 && streams.every(({ values }) => values.length === 1)),
    ).toBe(true);
    expect(lines()[0]).toBe("level=info line 20");
    expect(frames[0]?.encodingFlags).toEqual(["categorize-labels"]);
    expect(frames[0]?.streams?.[0]?.values[0]?.[2]).toEqual({
      structuredMetadata: { detected_level: "info", trace_id: "t20" },
    });
    await pushLines(own.lab, "bank", 5, NOW, "live");
    await until(own.clock, () => lines().length >= 235);
    await own.clock.advance(3_000);
    expect(lines().slice(230)).toEqual([0, 1, 2, 3, 4].map((n) => `level=info live ${n}`));
  });

  it("keeps up with a storm: ten thousand lines at once arrive in order, none dropped", async () => {
    const own = await labWithLines(0);
    const { frames, lines } = await tail(own, '{app="x"}');
    await pushLines(own.lab, "bank", 10_000, NOW, "storm");
    await until(own.clock, () => lines().length >= 10_000);
    expect(lines()).toEqual(Array.from({ length: 10_000 }, (_, n) => `level=info storm ${n}`));
    expect(frames.some((frame) => frame.dropped_entries !== undefined)).toBe(false);
  });

  it("tells a reader that does not read what it missed", async () => {
    const own = await labWithLines(0);
    const { frames, socket } = await tail(own, '{app="x"}', { tenant: "bench" });
    socket.pause();
    const wide = "w".repeat(20_000);
    for (let round = 0; round < 10; round += 1) {
      await pushLines(own.lab, "bench", 500, NOW + round * 1_000, wide);
      await own.clock.advance(1_000);
    }
    socket.resume();
    const dropped = () => frames.flatMap((frame) => frame.dropped_entries ?? []);
    await until(own.clock, () => dropped().length > 0);
    expect(dropped()[0]?.labels).toMatchObject({ app: "x" });
  });

  it("runs the query's stages over what arrives", async () => {
    const own = await labWithLines(0);
    const { frames, lines } = await tail(own, '{app="x"} |= "3" | logfmt | level="info"', { categorize: true });
    await pushLines(own.lab, "bank", 10, NOW);
    await until(own.clock, () => lines().length > 0);
    expect(lines()).toEqual(["level=info line 3"]);
    expect(frames[0]?.streams?.[0]?.values[0]?.[2]).toMatchObject({ parsed: { level: "info" } });
  });

  it("tells what it dropped", async () => {
    const own = await labWithLines(0);
    own.lab.setFault("drop-tail-entries", true);
    const { frames, lines } = await tail(own, '{app="x"}');
    await pushLines(own.lab, "bank", 10, NOW);
    const dropped = () => frames.flatMap((frame) => frame.dropped_entries ?? []);
    await until(own.clock, () => dropped().length > 0 && lines().length > 0);
    expect(lines().length + dropped().length).toBe(10);
    expect(dropped()[0]?.labels).toMatchObject({ app: "x" });
  });

  it("is cut without a close frame by the fault, once, and refused for two seconds", async () => {
    const own = await labWithLines(3);
    const first = await tail(own, '{app="x"}');
    own.lab.setFault("cut-tails", true);
    await expect(first.closed).resolves.toEqual({ code: 1006, reason: "" });
    expect(own.lab.status().faults).toEqual([]);
    await expect(tail(own, '{app="x"}')).rejects.toThrow("503");
    await own.clock.advance(2_100);
    await expect(tail(own, '{app="x"}')).resolves.toBeDefined();
  });

  it.each([
    ['rate({app="x"}[1m])', "bank", "only log selector is supported"],
    ['{app="x"}', "narrow", "max concurrent tail requests limit exceeded, count > limit (2 > 1)"],
  ])("says after the upgrade why %s of %s cannot be followed", async (query, tenant, reason) => {
    const own = await labWithLines(0);
    if (tenant === "narrow") await tail(own, '{app="x"}', { tenant });
    const refused = await tail(own, query, { tenant });
    await expect(refused.closed).resolves.toEqual({ code: 1011, reason });
  });

  it.each([
    ["{app=", "bank", "400"],
    ['{app="x"}', "", "401"],
  ])("refuses %s of tenant %j before the upgrade", async (query, tenant, status) => {
    const own = await labWithLines(0);
    await expect(tail(own, query, { tenant })).rejects.toThrow(status);
  });

  it("ends after an hour, and says so", async () => {
    const own = await labWithLines(0);
    const { closed } = await tail(own, '{app="x"}');
    await own.clock.advance(3_600_001);
    await expect(closed).resolves.toEqual({ code: 1011, reason: "reached tail max duration limit" });
  });
});
