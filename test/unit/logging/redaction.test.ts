import { describe, expect, it } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { createPinoLogger } from "../../../src-main/core/logging/pino-logger.ts";
import { redactText, redactValue } from "../../../src-main/core/logging/redaction.ts";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXBsYW50ZWQ";

describe("redaction", () => {
  it.each([
    ["Authorization: Bearer planted-abcdef123456", "planted"],
    [`token in text ${JWT} here`, "c2lnbmF0dXJl"],
    ["https://ada:planted@loki.example/x", "planted"],
    ['{"password":"planted","user":"ada"}', "planted"],
    ["client_secret=planted&grant_type=x", "planted"],
    ["-----BEGIN RSA PRIVATE KEY-----\nplanted\n-----END RSA PRIVATE KEY-----", "planted"],
    ["AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"],
  ])("takes the secret out of %j", (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain("[redacted]");
  });

  it("leaves ordinary text alone", () => {
    const text = 'level=error msg="tokens per second" tenant=acme took=5ms url=https://loki:3100/ready';
    expect(redactText(text)).toBe(text);
  });

  it("takes out secret keys at any depth, in errors and their causes, and bounds what it copies", () => {
    const cyclic: Record<string, unknown> = {
      sessionId: "planted",
      deep: { apiKey: "planted", list: [{ token: "planted" }] },
    };
    cyclic["self"] = cyclic;
    const error = new AppError("internal", {}, { cause: new Error("Bearer planted-abcdef123456") });
    const text = JSON.stringify(
      redactValue({ cyclic, error, bytes: new Uint8Array(9), big: 12n, long: "y".repeat(20_000) }),
    );
    expect(text).not.toContain("planted");
    expect(text.length).toBeLessThan(30_000);
  });

  it("holds for the log itself: message, fields, error and the lines of a child", () => {
    const written: string[] = [];
    const logger = createPinoLogger({ write: (line) => void written.push(line) }, "debug");
    logger.info("sent Bearer planted-abcdef123456", { authorization: "planted", tenant: "acme" });
    const reference = logger.child("loki").error("failed", new Error("password=planted"), { cookie: "planted" });
    expect(written.join("")).not.toContain("planted");
    expect(written[0]).toContain('"tenant":"acme"');
    expect(JSON.parse(written[1] ?? "")).toMatchObject({ component: "loki", reference, error: { name: "Error" } });
  });

  it("changes the level for children that were made before", () => {
    const written: string[] = [];
    const logger = createPinoLogger({ write: (line) => void written.push(line) }, "info");
    const child = logger.child("x");
    child.debug("hidden");
    logger.setLevel("debug");
    child.debug("shown");
    logger.setLevel("error");
    child.info("hidden again");
    expect(written.map((line) => JSON.parse(line).msg)).toEqual(["shown"]);
  });
});
