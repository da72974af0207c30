import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REDACTION_PATTERNS, type RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";
import { luhnCheckDigit } from "../../../src-shared/redaction/bank-card.ts";
import { residentCheckCharacter } from "../../../src-shared/redaction/identity-card.ts";
import { RedactionTally, redactText } from "../../../src-shared/redaction/redact-text.ts";
import { SecretFinder } from "../../../src-shared/redaction/secret-finder.ts";

function redacted(
  text: string,
  patterns: readonly RedactionPattern[] = REDACTION_PATTERNS,
): { readonly text: string; readonly counts: Partial<Record<RedactionPattern, number>> } {
  const tally = new RedactionTally();
  return { text: redactText(text, new SecretFinder(patterns), tally), counts: tally.counts() };
}

const withCheck = (digits: string): string => digits + residentCheckCharacter(new TextEncoder().encode(digits), 0);

describe("identity cards", () => {
  // GB 11643-1999's own examples, and one with a digit that is not X.
  it.each(["11010519491231002X", "440524188001010014".replace("1880", "1980"), "11010519491231002x"])(
    "takes %s when its check character is right",
    (number) => {
      const valid = /x$/i.test(number) ? number : withCheck(number.slice(0, 17));
      expect(redacted(`id ${valid}.`)).toEqual({
        text: "id [redacted:identity-card].",
        counts: { "identity-card": 1 },
      });
    },
  );

  it("leaves a number with any other check character", () => {
    for (const check of "0123456789") {
      expect(redacted(`id 11010519491231002${check} end`, ["identity-card"]).counts).toEqual({});
    }
  });

  it.each([
    ["a day that does not exist", withCheck("11010520230230002")],
    ["a month that does not exist", withCheck("11010520231330002")],
    ["29 February of a common year", withCheck("11010519000229002")],
    ["no province", withCheck("99010519491231002")],
    ["a year that is none", withCheck("11010518001231002")],
  ])("leaves a number with %s", (_what, number) => {
    expect(redacted(number, ["identity-card"]).text).toBe(number);
  });

  it("takes 29 February of a leap year", () => {
    expect(redacted(withCheck("11010520000229002"), ["identity-card"]).counts).toEqual({ "identity-card": 1 });
  });

  it("takes the old form of fifteen digits by place and date alone", () => {
    expect(redacted("old 130503670401001 form", ["identity-card"]).text).toBe("old [redacted:identity-card] form");
    expect(redacted("old 130503671301001 form", ["identity-card"]).counts).toEqual({});
    expect(redacted("old 990503670401001 form", ["identity-card"]).counts).toEqual({});
  });

  it("stands alone: digits and letters around make it something else, Chinese does not", () => {
    const number = "11010519491231002X";
    for (const around of [`1${number}`, `${number}1`, `a${number}`, `${number}Y`, `0.${number}`]) {
      expect(redacted(around, ["identity-card"]).text).toBe(around);
    }
    expect(redacted(`身份证${number}已验证`, ["identity-card"]).text).toBe("身份证[redacted:identity-card]已验证");
    expect(redacted(`{"id":"${number}"}`, ["identity-card"]).text).toBe('{"id":"[redacted:identity-card]"}');
  });
});

describe("bank cards", () => {
  it.each([
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "3530111333300000",
    "30569309025904",
    "6222021234567890".replace(/.$/, "") + String(luhnCheckDigit("622202123456789")),
    `622202 100111222333${luhnCheckDigit("622202100111222333")}`,
  ])("takes %s", (number) => {
    expect(redacted(`card=${number};`, ["bank-card"])).toEqual({
      text: "card=[redacted:bank-card];",
      counts: { "bank-card": 1 },
    });
  });

  it.each([
    "4111111111111112",
    "0000000000000000",
    "1795357493360971483",
    "41111111111111111111",
    "x4111111111111111",
    "4111111111111111y",
    "0.4111111111111111",
    "4111-1111 1111-1111",
    "550e8400-e29b-4111-1111-111111111111",
    "2026-11-20 10:00:00.123",
  ])("leaves %s", (text) => {
    expect(redacted(text, ["bank-card"]).text).toBe(text);
  });

  it("finds a card behind another number", () => {
    expect(redacted("status 200 4111 1111 1111 1111 5 ms", ["bank-card"]).text).toBe(
      "status 200 [redacted:bank-card] 5 ms",
    );
  });
});

describe("phone numbers", () => {
  it.each([
    "13812345678",
    "8613812345678",
    "008613812345678",
    "138-1234-5678",
    "138 1234 5678",
    "+8613812345678",
    "+86 138 1234 5678",
    "+44 20 7946 0958",
    "+1 (415) 555-2671",
    "+14155552671",
  ])("takes %s", (number) => {
    expect(redacted(`tel:${number},`, ["phone"])).toEqual({ text: "tel:[redacted:phone],", counts: { phone: 1 } });
  });

  it.each([
    "12812345678",
    "138123456789",
    "1381234567",
    "a13812345678",
    "13812345678b",
    "0.13812345678",
    "2026-11-22T10:00:00+0800",
    "+1234567",
    "+1234567890123456",
    "1795357493360",
    "seq=1795357493",
    "+12 ms",
    "138-1234 5678",
  ])("leaves %s", (text) => {
    expect(redacted(text, ["phone"]).text).toBe(text);
  });

  it("leaves what stands behind a number in one piece", () => {
    expect(redacted("+8613812345678 200 45", ["phone"]).text).toBe("[redacted:phone] 200 45");
  });

  it("reads escapes of JSON and of URLs as borders", () => {
    expect(redacted(String.raw`a\n13812345678`, ["phone"]).text).toBe(String.raw`a\n[redacted:phone]`);
    expect(redacted("tel=%2B8613812345678&x", ["phone"]).text).toBe("tel=%2B[redacted:phone]&x");
    expect(redacted("name%2013812345678", ["phone"]).text).toBe("name%20[redacted:phone]");
  });
});

describe("e-mail addresses", () => {
  it.each([
    ["to=alice.b+tag@mail.example.com ok", "to=[redacted:email] ok"],
    ["<bob@example.com>", "<[redacted:email]>"],
    ["q=carol%40example.com&x=1", "q=[redacted:email]&x=1"],
    ["邮箱dave@example.cn。", "邮箱[redacted:email]。"],
    ["13812345678@example.com", "[redacted:email]"],
    ["x@xn--fiqs8s.xn--fiqs8s", "[redacted:email]"],
    [String.raw`"\neve@example.com"`, String.raw`"\n[redacted:email]"`],
  ])("%s", (text, wanted) => {
    expect(redacted(text)).toEqual({ text: wanted, counts: { email: 1 } });
  });

  it.each(["user@localhost", "user@10.0.0.1", "@example.com", "image@sha256:0a1b", "a @ b.com", "x@-bad.com"])(
    "leaves %s",
    (text) => {
      expect(redacted(text, ["email"]).text).toBe(text);
    },
  );
});

const JWT =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

describe("bearer tokens", () => {
  it.each([
    [`Authorization: Bearer ${JWT}`, "Authorization: Bearer [redacted:bearer-token]"],
    ["authorization: Basic dXNlcjpwYXNz", "authorization: Basic [redacted:bearer-token]"],
    ['{"Authorization":"Bearer mF_9.B5f-4.1JqM","x":1}', '{"Authorization":"Bearer [redacted:bearer-token]","x":1}'],
    [
      String.raw`{"h":"{\"authorization\":\"abc123def\",\"y\":2}"}`,
      String.raw`{"h":"{\"authorization\":\"[redacted:bearer-token]\",\"y\":2}"}`,
    ],
    ["sent bearer abc123XYZ== to", "sent bearer [redacted:bearer-token] to"],
    [`cookie ${JWT}.`, "cookie [redacted:bearer-token]."],
    ["GET /x?access_token=s3cr3t&y=1", "GET /x?access_token=[redacted:bearer-token]&y=1"],
    ['"refresh_token": "1//0gabc"', '"refresh_token": "[redacted:bearer-token]"'],
    ["token=abcd level=info", "token=[redacted:bearer-token] level=info"],
    ["X-Auth-Token: 9f86d081884c7d65", "X-Auth-Token: [redacted:bearer-token]"],
    [
      'Authorization: Digest username="u", response="6629fae49393a05397450978507c4ef1"',
      "Authorization: Digest [redacted:bearer-token]",
    ],
  ])("%s", (text, wanted) => {
    expect(redacted(text, ["bearer-token"])).toEqual({ text: wanted, counts: { "bearer-token": 1 } });
  });

  it.each([
    "the bearer of good news",
    "Bearer authentication failed",
    "unexpected token: expected ';'",
    "max_token=512",
    "tokens=4096",
    "token=null",
    '"token":""',
    "token_type=bearer",
    "eyJust a word.",
    "authorization: failed for user",
  ])("leaves %s", (text) => {
    expect(redacted(text, ["bearer-token"]).text).toBe(text);
  });
});

describe("all patterns", () => {
  it("find a number right behind what was found: what is made unreadable parts as a border does", () => {
    expect(redacted("4111111111111111+4111 1111 1111").text).toBe("[redacted:bank-card][redacted:phone]");
  });

  it("change nothing a second time", () => {
    const words = fc.constantFrom(
      "4111111111111111",
      "13812345678",
      "a@b.example.com",
      "Bearer abc123def456",
      "token=",
      "token:",
      "Authorization: ",
      "authorization=Basic ",
      "11010519491231002X",
      JWT,
      "+8613812345678",
      "%40",
      "@",
      "-",
      " ",
      '"',
      String.raw`\"`,
      "=",
      "中",
      "_",
      "4111 1111 1111",
      "1111",
      "x",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 12 }), (pieces) => {
        const once = redacted(pieces.join("")).text;
        expect(redacted(once).text).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it("find a computed resident number wherever it stands alone, and none inside longer digits", () => {
    const number = fc
      .record({
        province: fc.constantFrom("11", "31", "44", "65"),
        place: fc.integer({ min: 0, max: 9_999 }),
        dateMs: fc.integer({ min: Date.UTC(1920, 0, 1), max: Date.UTC(2025, 0, 1) }),
        order: fc.integer({ min: 0, max: 999 }),
      })
      .map(({ province, place, dateMs, order }) =>
        withCheck(
          `${province}${String(place).padStart(4, "0")}${new Date(dateMs).toISOString().slice(0, 10).replaceAll("-", "")}${String(order).padStart(3, "0")}`,
        ),
      );
    fc.assert(
      fc.property(number, fc.constantFrom(" ", '"', "中", "=", "/", "_", "("), (valid, border) => {
        expect(redacted(`${border}${valid}${border}`, ["identity-card"]).counts).toEqual({ "identity-card": 1 });
        expect(redacted(`7${valid}`, ["identity-card"]).counts).toEqual({});
        expect(redacted(`${valid}7`, ["identity-card"]).counts).toEqual({});
        expect(redacted(`z${valid}`, ["identity-card"]).counts).toEqual({});
      }),
    );
  });

  it("find a computed card number, and not the same number with one digit changed", () => {
    const stem = fc
      .tuple(fc.constantFrom("4", "51", "6222", "65"), fc.stringMatching(/^\d{15}$/))
      .map(([issuer, rest]) => (issuer + rest).slice(0, 15));
    fc.assert(
      fc.property(stem, fc.integer({ min: 1, max: 9 }), (digits, by) => {
        const check = luhnCheckDigit(digits);
        expect(redacted(`${digits}${check}`, ["bank-card"]).counts).toEqual({ "bank-card": 1 });
        expect(redacted(`${digits}${(check + by) % 10}`, ["bank-card"]).counts).toEqual({});
      }),
    );
  });

  it("never break what is around: the text outside of replacements is the text that was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const { text: shown, counts } = redacted(text);
        if (Object.keys(counts).length === 0) expect(shown).toBe(text);
        else expect(shown).toContain("[redacted:");
      }),
    );
  });

  it("take time in proportion to a hostile line", () => {
    const millionTimes = (text: string) => new TextEncoder().encode(text.repeat(Math.ceil(1_000_000 / text.length)));
    const finder = new SecretFinder(REDACTION_PATTERNS);
    const hostile = [
      "1",
      "4111 ",
      "a@",
      "@",
      "a.b@c.",
      "+1",
      "token:",
      "token=a",
      "eyJ-",
      "eyJaaaaaaaaa.",
      "bearer ",
      "authorization:basic ",
      "%40",
      "138-",
      String.raw`token\"`,
      "token: ",
    ];
    const plain = millionTimes("level=info msg=ok ");
    finder.find(plain, 0, plain.length);
    for (const text of hostile) {
      const bytes = millionTimes(text);
      const startedMs = performance.now();
      finder.find(bytes, 0, bytes.length);
      // A quadratic walk over 1 MB takes many minutes; a linear one some ten milliseconds.
      expect(performance.now() - startedMs, text).toBeLessThan(5_000);
    }
  });
});
