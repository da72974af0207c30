import type { Notice, Topic } from "../../../src-shared/api/session.api.ts";

/** Where domains say that something changed. Events announce, they do not steer. */
export interface Announcer {
  changed(topic: Topic): void;
  notice(notice: Notice): void;
}
