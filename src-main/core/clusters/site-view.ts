import type { Site, SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { KubeContext } from "./kubeconfig-model.ts";
import { LAB_SITE } from "./lab-site.ts";
import type { SiteState } from "./site-states.ts";

/** A site as the door shows it, from what was saved, found and tried. Throws `sites.unknown`. */
export function siteView(id: SiteId, saved: SiteConfig | null, context: KubeContext | null, state: SiteState): Site {
  const head = { id, state: state.state, ...(state.error === null ? {} : { error: state.error.toWire() }) };
  if (id === LAB_SITE) {
    const config: SiteConfig = saved?.kind === "lab" ? saved : { kind: "lab" };
    return { ...head, name: "Lab", kind: "lab", origin: "lab", config, current: false };
  }
  if (saved?.kind === "direct") {
    return { ...head, name: saved.name, kind: "direct", origin: saved.url, config: saved, current: false };
  }
  if (context === null) throw new AppError("sites.unknown", { site: id });
  const { file, name, current, problem } = context;
  const config: SiteConfig =
    saved?.kind === "kubernetes" ? saved : { kind: "kubernetes", file, context: name, overrides: {} };
  const shownName = config.overrides.name ?? "";
  const site: Site = {
    ...head,
    name: shownName === "" ? name : shownName,
    kind: "kubernetes",
    origin: `${file}: ${name}`,
    config,
    current,
  };
  if (problem === null) return site;
  const error = new AppError("kubeconfig.context-broken", { context: name, problem });
  return { ...site, state: "failed", error: error.toWire() };
}
