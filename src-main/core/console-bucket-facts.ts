import { AppError, hasCode } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { BucketFacts } from "./health/config-audit/config-facts.ts";
import type { BucketSettings } from "./storage/bucket-health/bucket-settings.ts";
import { rulesOfLoki } from "./storage/bucket-health/lifecycle-reach.ts";
import { S3BucketSettings } from "./storage/bucket-health/s3-bucket-settings.ts";
import type { SiteStores } from "./storage/stores/site-stores.ts";

/**
 * What the audit of a site's configuration looks at in its bucket. Rejects with `health.nobody-tells` where nobody says which
 * one it is, else with `storage.*`, `cluster.*`.
 */
export async function bucketFacts(stores: SiteStores, site: SiteId, signal: AbortSignal): Promise<BucketFacts> {
  try {
    await using requests = (await stores.open(site, () => null, signal)).requests;
    const [first] = requests.buckets;
    const settings = await new S3BucketSettings(first).read(signal);
    const { versioning } = settings;
    return {
      name: first.options.bucket,
      versioning: versioning.state === "told" ? versioning.value === "enabled" : null,
      expiresAfterDays: shortestExpiry(settings),
    };
  } catch (error) {
    if (!hasCode(error, "sites.no-cluster") && !hasCode(error, "storage.not-found-at-site")) throw error;
    throw new AppError("health.nobody-tells", { what: "bucket" }, { cause: error });
  }
}

function shortestExpiry({ lifecycle }: BucketSettings): number | null {
  const days = rulesOfLoki(lifecycle).flatMap(({ expirationDays }) => expirationDays ?? []);
  return days.length === 0 ? null : Math.min(...days);
}
