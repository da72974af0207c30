const INGESTERS: ReadonlySet<string> = new Set(["ingester", "write", "single-binary"]);
const DISTRIBUTORS: ReadonlySet<string> = new Set(["distributor", "write", "single-binary"]);

/** Whether processes of the component hold chunks: in simple scalable deployments `write` does, in small ones every one. */
export function runsIngester(component: string): boolean {
  return INGESTERS.has(component);
}

export function runsDistributor(component: string): boolean {
  return DISTRIBUTORS.has(component);
}
