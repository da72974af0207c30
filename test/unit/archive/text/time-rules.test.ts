import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNanoUtc } from "../../../../src-shared/model/nano-time.ts";
import { Stamp } from "../../../../src-main/core/archive/text/times/stamp.ts";
import { StampClock, TIME_OK } from "../../../../src-main/core/archive/text/times/stamp-clock.ts";
import { timeRule } from "../../../../src-main/core/archive/text/times/time-rules.ts";
import { isoStamp } from "../../../../src-main/core/archive/text/times/numeric-stamps.ts";
import { temporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, openedText, writeLines } from "../../../builders/text-archives.ts";

function timeOf(rule: string, line: string, zone = "UTC", year = 2026): string | null {
  const bytes = Buffer.from(line);
  const stamp = new Stamp();
  if (!timeRule(rule).parse(bytes, 0, bytes.length, stamp)) return null;
  const clock = new StampClock(zone, year, null);
  if (clock.resolve(stamp) !== TIME_OK) return null;
  return formatNanoUtc(BigInt(clock.seconds) * 1_000_000_000n + BigInt(clock.nanos));
}

/** The rule that must be found, a line, its time in UTC with zone UTC and year 2026 assumed. */
const LINES: readonly (readonly [string, string, string])[] = [
  ["iso", "2026-11-20T10:00:00.123456789+08:00 x", "2026-11-20T02:00:00.123456789Z"],
  ["iso", "2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000000000Z"],
  ["iso", "2026-11-20 10:00:00,123 INFO x", "2026-11-20T10:00:00.123000000Z"],
  ["iso", "2026-11-20 10:00:01.474 UTC [102] LOG:  x", "2026-11-20T10:00:01.474000000Z"],
  ["iso", "2026-11-20 10:00:01.474+08 [102] LOG:  x", "2026-11-20T02:00:01.474000000Z"],
  ["iso", "2026-11-20 10:00:00.5 -0330 x", "2026-11-20T13:30:00.500000000Z"],
  ["iso", "2026-11-20 10:00:00 -17 degrees", "2026-11-20T10:00:00.000000000Z"],
  ["iso", "[2026-11-20 10:00:00] x", "2026-11-20T10:00:00.000000000Z"],
  ["iso", "2026/11/20 10:00:00 [error] 7#7: x", "2026-11-20T10:00:00.000000000Z"],
  ["iso", "2026/11/20 10:00:00.123456 main.go:7: x", "2026-11-20T10:00:00.123456000Z"],
  ["iso", "2005-06-03-15.42.50.675872 R02", "2005-06-03T15:42:50.675872000Z"],
  ["iso", "2026-11-20 10:00 minutes only", "2026-11-20T10:00:00.000000000Z"],
  ["iso", "2026-11-20 01:00:00 PM x", "2026-11-20T13:00:00.000000000Z"],
  ["iso", "\u001b[32m2026-11-20 10:00:00.123\u001b[0m INFO x", "2026-11-20T10:00:00.123000000Z"],
  ["iso@column1", "INFO|2026-11-20 10:00:00.5|main|x", "2026-11-20T10:00:00.500000000Z"],
  ["iso@column2", '7,"a b c d e f g",2026-11-20T10:00:00Z,x', "2026-11-20T10:00:00.000000000Z"],
  ["iso@indent", "   2026-11-20 10:00:00 x", "2026-11-20T10:00:00.000000000Z"],
  ["month-day-year", "####<Nov 20, 2026 10:00:00,123 PM CST> <Info> x", "2026-11-20T22:00:00.123000000Z"],
  ["mm/dd/yy", "[11/10/26 9:05:03:123 CST] 00000001 WsServerImpl A x", "2026-11-10T09:05:03.123000000Z"],
  ["chinese", "2026年11月20日 10:00:00 x", "2026-11-20T10:00:00.000000000Z"],
  ["chinese", "####<2026-11-20 下午10时05分06秒 CST> <Info> x", "2026-11-20T22:05:06.000000000Z"],
  ["chinese", "2026年1月2日 星期五 上午12时00分01秒 x", "2026-01-02T00:00:01.000000000Z"],
  ["chinese", "11月 20, 2026 1:00:00 下午 org.x.Y run", "2026-11-20T13:00:00.000000000Z"],
  ["chinese", "20-11月-2026 10:00:00.123 信息 [main] x", "2026-11-20T10:00:00.123000000Z"],
  ["iso@json:t", '{"t":{"$date":"2026-11-20T10:00:00.123+00:00"},"s":"I"}', "2026-11-20T10:00:00.123000000Z"],
  ["epoch@json:__REALTIME_TIMESTAMP", '{"__REALTIME_TIMESTAMP":"1795168800123456"}', "2026-11-20T10:00:00.123456000Z"],
  ["iso", "2026-12-31T23:59:60Z leap", "2027-01-01T00:00:00.000000000Z"],
  ["iso", "1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"],
  ["iso@brackets", '10.0.0.1 - - [2026-11-20T10:00:00+00:00] "GET / HTTP/1.1"', "2026-11-20T10:00:00.000000000Z"],
  ["day-month-year@brackets", '::1 - bob [20/Nov/2026:10:00:00 +0100] "GET /" 200', "2026-11-20T09:00:00.000000000Z"],
  ["day-month-year", "20-Nov-2026 10:00:00.123 INFO [main] x", "2026-11-20T10:00:00.123000000Z"],
  ["day-month-year", "20 Nov 2026 10:00:00,123 x", "2026-11-20T10:00:00.123000000Z"],
  ["day-month-year", "Fri, 20 Nov 2026 10:00:00 GMT x", "2026-11-20T10:00:00.000000000Z"],
  ["asctime", "[Sun Dec 04 04:47:44 2005] [notice] x", "2005-12-04T04:47:44.000000000Z"],
  ["asctime", "[Sun Dec 04 04:47:44.123456 2005] [core] x", "2005-12-04T04:47:44.123456000Z"],
  ["asctime", "Fri Nov 20 10:00:00 CST 2026 x", "2026-11-20T10:00:00.000000000Z"],
  ["asctime", "Fri Nov 20 10:00:00 +0800 2026 x", "2026-11-20T02:00:00.000000000Z"],
  ["month-day-year", "Nov 20, 2026 10:00:00 PM org.x.Y run", "2026-11-20T22:00:00.000000000Z"],
  ["month-day-year", "Nov 20, 2026, 12:00:00 AM x", "2026-11-20T00:00:00.000000000Z"],
  ["month-day-year", "Nov 20 2026 10:00:00: %ASA-6-1: x", "2026-11-20T10:00:00.000000000Z"],
  ["syslog", "Jun 14 15:16:01 combo sshd: x", "2026-06-14T15:16:01.000000000Z"],
  ["syslog", "Jul  1 09:00:55 mac x", "2026-07-01T09:00:55.000000000Z"],
  ["syslog@pri", "<34>Oct 11 22:14:15 mymachine su: x", "2026-10-11T22:14:15.000000000Z"],
  ["iso@pri", "<34>1 2003-10-11T22:14:15.003Z host su - ID47 - x", "2003-10-11T22:14:15.003000000Z"],
  ["klog", "I1120 10:00:00.123456       1 main.go:7] x", "2026-11-20T10:00:00.123456000Z"],
  ["yymmdd", "081109 203615 148 INFO x", "2008-11-09T20:36:15.000000000Z"],
  ["yy/mm/dd", "17/06/09 20:10:40 INFO x", "2017-06-09T20:10:40.000000000Z"],
  ["dd/mm/yyyy", "20/11/2026 10:00:00 x", "2026-11-20T10:00:00.000000000Z"],
  ["dd/mm/yyyy", "20.11.2026 10:00:00,5 x", "2026-11-20T10:00:00.500000000Z"],
  ["mm/dd/yyyy", "11/20/2026 1:00:00 PM x", "2026-11-20T13:00:00.000000000Z"],
  ["mm/dd/yyyy", "11/20/2026, 10:00:00 AM x", "2026-11-20T10:00:00.000000000Z"],
  ["yyyymmdd", "20261120T100000Z x", "2026-11-20T10:00:00.000000000Z"],
  ["yyyymmdd", "20171223-22:15:29:606|Step_LSC|x", "2017-12-23T22:15:29.606000000Z"],
  ["yyyymmdd", "20171224-0:7:20:1|Step_LSC|x", "2017-12-24T00:07:20.001000000Z"],
  ["yyyymmdd", "20261120100000 x", "2026-11-20T10:00:00.000000000Z"],
  ["month-day", "03-17 16:13:38.811  1702  2395 D x", "2026-03-17T16:13:38.811000000Z"],
  ["month-day", "[10.30 16:49:06] chrome.exe x", "2026-10-30T16:49:06.000000000Z"],
  ["epoch", "1795168800 x", "2026-11-20T10:00:00.000000000Z"],
  ["epoch", "1795168800.25 x", "2026-11-20T10:00:00.250000000Z"],
  ["epoch", "1795168800123 x", "2026-11-20T10:00:00.123000000Z"],
  ["epoch", "1795168800123456789 x", "2026-11-20T10:00:00.123456789Z"],
  ["epoch@token1", "- 1117838570 2005.06.03 R02 x", "2005-06-03T22:42:50.000000000Z"],
  ["iso@token1", "app.log.1 2017-05-16 00:00:00.008 25746 INFO x", "2017-05-16T00:00:00.008000000Z"],
  ["iso@brackets", "ERROR [2026-11-20 10:00:00,123] x", "2026-11-20T10:00:00.123000000Z"],
  ["iso@logfmt:ts", "level=info ts=2026-11-20T10:00:00.5Z caller=x", "2026-11-20T10:00:00.500000000Z"],
  ["iso@logfmt:time", 'time="2026-11-20T10:00:00Z" level=info', "2026-11-20T10:00:00.000000000Z"],
  ["epoch@logfmt:ts", "ts=1795168800.5 msg=x", "2026-11-20T10:00:00.500000000Z"],
  [
    "iso@json:@timestamp",
    '{"msg":"a \\"x\\"","@timestamp":"2026-11-20T10:00:00.000Z"}',
    "2026-11-20T10:00:00.000000000Z",
  ],
  ["epoch@json:ts", '{"level":"info","ts":1795168800.123,"m":{"ts":1}}', "2026-11-20T10:00:00.123000000Z"],
  ["epoch@json:time", '{"time":1795168800123,"v":0}', "2026-11-20T10:00:00.123000000Z"],
];

describe("rules", () => {
  it.each(LINES)("%s reads %s", (rule, line, time) => {
    expect(timeOf(rule, line)).toBe(time);
  });

  it.each(LINES)("%s is found for a file of %s", async (rule, line, time) => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.log"), [line, line, line]);
    const contents = await openedText([file], work.path, {
      zone: "UTC",
      year: 2026,
      format: "text",
      dayOrder: "month-first",
    });
    expect(contents.formats).toEqual([`text: ${rule}`]);
    expect(entriesOf(contents.blocks).map(({ ns, line: text }) => [formatNanoUtc(ns), text])).toEqual(
      Array.from({ length: 3 }, () => [time, line]),
    );
  });

  it.each([
    ["iso", "2026-13-20 10:00:00"],
    ["iso", "2026-11-20 25:00:00"],
    ["iso", "2026-11-20"],
    ["iso", "2026-11-20 10:00:0"],
    ["iso", "12026-11-20 10:00:00"],
    ["syslog", "Jun 34 15:16:01"],
    ["syslog", "Jut 14 15:16:01"],
    ["epoch", "1795168800x"],
    ["epoch", "99999999999"],
    ["klog", "I1320 10:00:00.123456"],
    ["iso@json:time", '{"msg":"time","times":"2026-11-20T10:00:00Z"}'],
    ["iso@logfmt:ts", 'msg="a ts=2026-11-20T10:00:00Z" level=info'],
    ["iso@logfmt:ts", "uts=2026-11-20T10:00:00Z"],
  ])("%s does not read %s", (rule, line) => {
    expect(timeOf(rule, line)).toBeNull();
  });
});

describe("instants", () => {
  const anyNs = fc.bigInt({ min: -9_223_372_035n * 1_000_000_000n, max: 9_223_372_035_999_999_999n });

  it("RFC 3339 in any zone is read back to the nanosecond", () => {
    fc.assert(
      fc.property(anyNs, fc.integer({ min: -56, max: 56 }), (ns, quarters) => {
        const offset = quarters * 15;
        const local = formatNanoUtc(ns + BigInt(offset) * 60_000_000_000n);
        fc.pre(/^\d{4}-/.test(local));
        const sign = offset < 0 ? "-" : "+";
        const two = (value: number) => String(Math.abs(value)).padStart(2, "0");
        const zone = `${sign}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
        expect(timeOf("iso", local.replace("Z", zone))).toBe(formatNanoUtc(ns));
      }),
    );
  });

  it("no bytes make a parser read past its end or throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const stamp = new Stamp();
        if (isoStamp(bytes, 0, bytes.length, stamp)) expect(stamp.end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe("zones", () => {
  it("a named zone follows its daylight saving time", () => {
    expect(timeOf("iso", "2026-07-01 12:00:00", "Europe/Berlin")).toBe("2026-07-01T10:00:00.000000000Z");
    expect(timeOf("iso", "2026-12-01 12:00:00", "Europe/Berlin")).toBe("2026-12-01T11:00:00.000000000Z");
    expect(timeOf("iso", "2026-12-01 12:00:00", "Asia/Shanghai")).toBe("2026-12-01T04:00:00.000000000Z");
  });

  it("an hour that is lived twice is the earlier one", () => {
    expect(timeOf("iso", "2026-10-25 02:30:00", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000000000Z");
    expect(timeOf("iso", "2026-11-01 01:30:00", "America/New_York")).toBe("2026-11-01T05:30:00.000000000Z");
  });

  it("an hour that is left out is moved forward", () => {
    expect(timeOf("iso", "2026-03-29 02:30:00", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000000000Z");
    expect(timeOf("iso", "2026-03-29 03:00:00", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000000000Z");
  });

  it("a zone nobody knows is refused", () => {
    expect(() => new StampClock("Mars/Olympus", null, null)).toThrow(/archive.assumption-invalid/);
  });
});
