/** The least of the rates that are set; `null` where none is. */
export function slowest(rates: readonly (number | null)[]): number | null {
  const set = rates.filter((rate) => rate !== null);
  return set.length === 0 ? null : Math.min(...set);
}
