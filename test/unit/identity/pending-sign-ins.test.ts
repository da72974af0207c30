import { describe, expect, it } from "vitest";
import {
  MAX_PENDING_SIGN_INS,
  PendingSignIns,
  SIGN_IN_LIFETIME_MS,
} from "../../../src-main/core/identity/pending-sign-ins.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const SECRETS = { nonce: "n", codeVerifier: "v" };

describe("sign-ins that were begun", () => {
  it("end once, in the browser that began them, within their time", async () => {
    const clock = new ManualClock();
    const pending = new PendingSignIns(clock);
    pending.add("s1", "browser", SECRETS);
    expect(pending.take("s2", "browser")).toBeNull();
    expect(pending.take("s1", "browser")).toMatchObject(SECRETS);
    expect(pending.take("s1", "browser")).toBeNull();
    pending.add("s3", "browser", SECRETS);
    await clock.advance(SIGN_IN_LIFETIME_MS);
    expect(pending.take("s3", "browser")).toBeNull();
  });

  it("are used up when another browser comes with their state", () => {
    const pending = new PendingSignIns(new ManualClock());
    pending.add("s1", "browser", SECRETS);
    expect(pending.take("s1", "another")).toBeNull();
    expect(pending.take("s1", "browser")).toBeNull();
  });

  it("are bounded: a flood costs the oldest, and old ones are forgotten", async () => {
    const clock = new ManualClock();
    const pending = new PendingSignIns(clock);
    for (let count = 0; count < MAX_PENDING_SIGN_INS + 10; count++) pending.add(`s${count}`, "browser", SECRETS);
    expect(pending.size).toBe(MAX_PENDING_SIGN_INS);
    expect(pending.take("s9", "browser")).toBeNull();
    expect(pending.take("s10", "browser")).not.toBeNull();
    await clock.advance(SIGN_IN_LIFETIME_MS);
    pending.add("new", "browser", SECRETS);
    expect(pending.size).toBe(1);
  });

  it("keep the browser's id as a hash only", () => {
    const pending = new PendingSignIns(new ManualClock());
    pending.add("the-state", "the-browser", SECRETS);
    expect(JSON.stringify(pending.take("the-state", "the-browser"))).not.toContain("the-browser");
  });
});
