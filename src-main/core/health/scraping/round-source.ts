import type { RoundReport } from "./scraper.ts";

/** Where rounds come from: pods asked one by one (`Scraper`), or the site's Prometheus. */
export interface RoundSource {
  /** One round, now. @throws AppError `request.cancelled`; a source that fails as a whole tells it in `listError` */
  round(signal: AbortSignal): Promise<RoundReport>;
  /** Round after round until the signal. */
  rounds(signal: AbortSignal): AsyncGenerator<RoundReport, void, void>;
}
