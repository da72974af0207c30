/**
 * Exact decimal arithmetic on the shortest decimal notation of floats, as the library behind `addf` and its sisters has it:
 * `1.1 * 1.1` is 1.21. Quotients are rounded to 16 digits behind the point.
 */
export interface Decimal {
  readonly coefficient: bigint;
  /** Digits behind the point. */
  readonly scale: number;
}

const QUOTIENT_SCALE = 16;

export function toDecimal(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const coefficient = BigInt(whole + fraction);
  return scale >= 0 ? { coefficient, scale } : { coefficient: coefficient * 10n ** BigInt(-scale), scale: 0 };
}

export function fromDecimal({ coefficient, scale }: Decimal): number {
  return Number(`${coefficient}e-${scale}`);
}

function aligned(left: Decimal, right: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  const raise = (decimal: Decimal): bigint => decimal.coefficient * 10n ** BigInt(scale - decimal.scale);
  return [raise(left), raise(right), scale];
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b, scale] = aligned(left, right);
  return { coefficient: a + b, scale };
}

export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b, scale] = aligned(left, right);
  return { coefficient: a - b, scale };
}

export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return { coefficient: left.coefficient * right.coefficient, scale: left.scale + right.scale };
}

/** Rounded half away from zero; the divisor is not 0. */
export function divideDecimals(left: Decimal, right: Decimal): Decimal {
  const [a, b] = aligned(left, right);
  const scaled = a * 10n ** BigInt(QUOTIENT_SCALE);
  const quotient = scaled / b;
  const remainder = scaled % b;
  const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
  const rounds = magnitude(remainder) * 2n >= magnitude(b);
  const away = a < 0n === b < 0n ? 1n : -1n;
  return { coefficient: rounds ? quotient + away : quotient, scale: QUOTIENT_SCALE };
}
