import { describe, expect, it } from "vitest";
import { levelFromLine } from "../../../src-shared/model/line-level.ts";

describe("the level that a line states", () => {
  it.each([
    ['{"level":"error","msg":"x"}', "error"],
    ['{"msg":"level is fine","severity": "WARNING"}', "warn"],
    ["level=info ts=2026 msg=ok", "info"],
    ['ts=2026 lvl="debug" msg=ok', "debug"],
    ["2026-11-20 10:00:00 [warn] disk is filling", "warn"],
    ["<error> broken", "error"],
    ["2026-11-20 10:00:00,123 ERROR com.bank.Payments - timeout", "error"],
    ["panic: runtime error: index out of range", "fatal"],
    ["E1120 10:00:00.123456 1 controller.go:12] failed", "error"],
    ["I1120 10:00:00.123456 1 controller.go:12] synced", "info"],
    ["no error was found here", null],
    ["information desk level=9", null],
    ["INFORMED about WARNINGS", null],
    ["", null],
  ])("%s → %s", (line, level) => {
    expect(levelFromLine(line)).toBe(level);
  });
});
