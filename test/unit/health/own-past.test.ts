import { describe, expect, it } from "vitest";
import type { InstanceWindow } from "../../../src-main/core/health/detection/instance-findings.ts";
import { OwnPast } from "../../../src-main/core/health/detection/own-past.ts";
import { PastFindings } from "../../../src-main/core/health/detection/past-findings.ts";

const MINUTE_MS = 60_000;
const SCALE = { floor: 0.001, noise: 0.2 };

function filled(minutes: number, value: number): OwnPast {
  const past = new OwnPast(SCALE);
  for (let minute = 0; minute < minutes; minute++) past.add(value, minute * MINUTE_MS, false);
  return past;
}

describe("a process's own past", () => {
  it("says nothing before it is six minutes long, the last two not counted", () => {
    expect(filled(6, 1).deviation(5, 6 * MINUTE_MS)).toBeNull();
    expect(filled(9, 1).deviation(5, 9 * MINUTE_MS)).toMatchObject({ own: 5, matesMedian: 1 });
  });

  it("is not moved by a trouble that goes on for less than half an hour", () => {
    const past = filled(30, 1);
    for (let minute = 30; minute < 55; minute++) past.add(9, minute * MINUTE_MS, true);
    expect(past.deviation(9, 60 * MINUTE_MS)?.matesMedian).toBe(1);
  });

  it("comes to take as usual what stays", () => {
    const past = filled(30, 1);
    for (let minute = 30; minute < 180; minute++) past.add(9, minute * MINUTE_MS, true);
    expect(past.deviation(9, 180 * MINUTE_MS)?.matesMedian).toBe(9);
  });

  it("forgets what is older than six hours", () => {
    const past = filled(60, 1);
    for (let minute = 60; minute < 60 + 370; minute++) past.add(2, minute * MINUTE_MS, false);
    expect(past.deviation(2, 430 * MINUTE_MS)?.matesMedian).toBe(2);
    expect(past.deviation(2, 430 * MINUTE_MS)?.spread).toBe(0);
  });
});

function windowOf(instance: string, pushMeanSeconds: number, pushRate = 100): InstanceWindow {
  const rates = {
    seconds: 30,
    putMeanSeconds: 0.02,
    puts: 50,
    putFailures: 0,
    pushMeanSeconds,
    pushRate,
    pushesInFlight: 0,
    flushQueue: 0,
    flushQueueGrowth: 0,
    flushFailures: 0,
    scrapeSeconds: 0.05,
  };
  return { instance, rates, upSeconds: 86_400, ringState: "ACTIVE", appendTimeouts: 0 };
}

function findings(
  rounds: number,
  pushes: (instance: string, round: number) => number,
  { names = ["a", "b", "c", "d"], rate = (_round: number): number => 100, quiet = false } = {},
): string[] {
  const past = new PastFindings();
  let found: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const windows = new Map(names.map((name) => [name, windowOf(name, pushes(name, round), rate(round))]));
    found = [...past.round(windows, round * 15_000, quiet).keys()];
  }
  return found;
}

describe("findings against an instance's own past", () => {
  const slowAfter = (victims: readonly string[]) => (name: string, round: number) =>
    round >= 60 && victims.includes(name) ? 0.2 : 0.01;

  it("name the one that became slow, and nobody else", () => {
    expect(findings(70, slowAfter(["b"]))).toEqual(["b"]);
  });

  it("name it when it is alone", () => {
    expect(findings(70, slowAfter(["a"]), { names: ["a"] })).toEqual(["a"]);
  });

  it("blame nobody for what befell most of them alike", () => {
    expect(findings(70, slowAfter(["a", "b", "c", "d"]))).toEqual([]);
    expect(findings(70, slowAfter(["a", "b", "c"]))).toEqual([]);
  });

  it("blame nobody for what its load explains", () => {
    const rate = (round: number) => (round >= 60 ? 1_000 : 100);
    expect(findings(70, slowAfter(["a"]), { names: ["a"], rate })).toEqual([]);
  });

  it("say nothing while there is a common cause", () => {
    expect(findings(70, slowAfter(["b"]), { quiet: true })).toEqual([]);
  });
});
