const SECOND = 1_000_000_000n;
const STEPS: readonly bigint[] = [
  ...[1n, 10n, 100n, 1_000n, 10_000n, 100_000n, 1_000_000n, 10_000_000n, 100_000_000n].flatMap((ns) => [
    ns,
    ns * 2n,
    ns * 5n,
  ]),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((seconds) => seconds * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((minutes) => minutes * 60n * SECOND),
  ...[1n, 2n, 3n, 6n, 12n].map((hours) => hours * 3_600n * SECOND),
  ...[1n, 2n, 7n, 14n, 30n, 90n].map((days) => days * 86_400n * SECOND),
  // Files may lie centuries apart: one of them without a right year is enough.
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n].map((years) => years * 365n * 86_400n * SECOND),
];

/** At most `most` instants of a round step inside a range. Steps are round in UTC, and so in each zone of whole hours. */
export function timeTicks(
  startNs: bigint,
  endNs: bigint,
  most: number,
): { readonly ticksNs: readonly bigint[]; readonly stepNs: bigint } {
  const length = endNs - startNs;
  const stepNs = STEPS.find((step) => length / step <= BigInt(most)) ?? STEPS.at(-1) ?? SECOND;
  const ticksNs: bigint[] = [];
  if (length <= 0n) return { ticksNs, stepNs };
  const rest = ((startNs % stepNs) + stepNs) % stepNs;
  for (let at = rest === 0n ? startNs : startNs + (stepNs - rest); at < endNs && ticksNs.length <= most; at += stepNs) {
    ticksNs.push(at);
  }
  return { ticksNs, stepNs };
}
