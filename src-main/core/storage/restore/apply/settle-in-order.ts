/**
 * Does `work` for several items at a time and hands on what became of each in the order of the items, so that a position says
 * that all before it is done. At the first failure nothing further is begun; what is under way is waited for.
 */
export async function settleInOrder<Item, Outcome>(
  items: AsyncIterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<Outcome>,
  settled: (item: Item, outcome: Outcome) => Promise<void>,
): Promise<void> {
  const underWay: { readonly item: Item; readonly outcome: Promise<Outcome> }[] = [];
  const settleFirst = async (): Promise<void> => {
    const first = underWay.shift();
    if (first !== undefined) await settled(first.item, await first.outcome);
  };
  try {
    for await (const item of items) {
      if (underWay.length >= lanes) await settleFirst();
      const outcome = work(item);
      // Seen when it is its turn.
      outcome.catch(() => undefined);
      underWay.push({ item, outcome });
    }
    while (underWay.length > 0) await settleFirst();
  } finally {
    await Promise.allSettled(underWay.map(({ outcome }) => outcome));
  }
}
