import type { CostDimension } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Prices } from "../../../../src-shared/model/tenants/usage.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

/** What a row of a report is about. Names are data of strangers; an empty one means that nothing told it. */
export function keyText(by: CostDimension, key: string, t: Translate): string {
  return key === "" ? t(`usage.untold.${by}`) : withVisibleCharacters(key);
}

/** `12.40 EUR`; small sums keep the digits that tell them apart, and a dash stands where nobody set a price. */
export function priceText(amount: number | null, { currency }: Pick<Prices, "currency">, formats: Formats): string {
  if (amount === null) return "–";
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `${formats.number(amount, digits)} ${withVisibleCharacters(currency)}`.trim();
}

/** A share of a whole to the nearest percent: one that is not nothing never reads `0%`. */
export function shareText(share: number, formats: Formats): string {
  // Not `formats.percent`, which rounds down so that nothing reads as done before it is: shares would not add up.
  return share > 0 && share < 0.01 ? `<${formats.percent(0.01)}` : `${formats.number(Math.round(share * 100))}%`;
}
