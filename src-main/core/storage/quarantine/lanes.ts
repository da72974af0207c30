/**
 * Runs `work` on every item, so many at a time, in their order. The first failure ends it when what is under way has ended, and
 * is thrown.
 */
export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item, place: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let place = next++; place < items.length && !failed; place = next++) {
      const item = items[place];
      if (item === undefined) continue;
      try {
        // oxlint-disable-next-line no-await-in-loop -- a lane does one after the other
        await work(item, place);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane));
  const failure = ended.find((each) => each.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}
