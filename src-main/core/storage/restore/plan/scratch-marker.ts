import { CONSOLE_PREFIX } from "../../../../../src-shared/model/storage/quarantine.ts";

/**
 * Stands in a bucket that drills restore to, from before the first object of the first drill: what has it may be written over,
 * and a bucket that is neither empty nor has it is none to drill in. Whoever applies a drill writes it, with `ifAbsent`.
 */
export const SCRATCH_MARKER_KEY = `${CONSOLE_PREFIX}drills/scratch.json`;
