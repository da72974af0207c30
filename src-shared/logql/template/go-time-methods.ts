import { fixed, type TemplateFunction } from "./function-type.ts";
import type { GoTime } from "./go-time.ts";
import { DAYS, MONTHS } from "./go-time-layout.ts";
import { GoInt64 } from "./go-value.ts";
import { UTC } from "./go-zone.ts";

/** The methods of `time.Time` that a template may call on `__timestamp__` and other times; `null` for another name. */
export function timeMethod(time: GoTime, name: string): TemplateFunction | null {
  const field = (read: () => number): TemplateFunction => fixed([], () => BigInt(read()));
  switch (name) {
    case "Unix":
      return fixed([], () => new GoInt64(BigInt(time.unixSeconds)));
    case "UnixNano":
      return fixed([], () => new GoInt64(time.unixNano()));
    case "UnixMilli":
      return fixed([], () => new GoInt64(time.unixMilli()));
    case "UnixMicro":
      return fixed([], () => new GoInt64(time.unixNano() / 1_000n));
    case "Year":
      return field(() => time.civil().year);
    case "Day":
      return field(() => time.civil().day);
    case "Hour":
      return field(() => time.civil().hour);
    case "Minute":
      return field(() => time.civil().minute);
    case "Second":
      return field(() => time.civil().second);
    case "Nanosecond":
      return field(() => time.nanosecond);
    case "YearDay":
      return field(() => time.civil().yearDay);
    case "Month":
      return fixed([], () => MONTHS[time.civil().month - 1] ?? "");
    case "Weekday":
      return fixed([], () => DAYS[time.civil().weekday] ?? "");
    case "Format":
      return fixed(["string"], ([layout]) => time.format(layout));
    case "String":
      return fixed([], () => time.toString());
    case "IsZero":
      return fixed([], () => time.isZero());
    case "UTC":
      return fixed([], () => time.in(UTC));
    case "Local":
      return fixed([], () => time);
    case "Before":
      return fixed(["time"], ([other]) => time.unixNano() < other.unixNano());
    case "After":
      return fixed(["time"], ([other]) => time.unixNano() > other.unixNano());
    case "Equal":
      return fixed(["time"], ([other]) => time.unixNano() === other.unixNano());
    default:
      return null;
  }
}
