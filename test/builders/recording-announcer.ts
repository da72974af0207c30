import type { Notice, Topic } from "../../src-shared/api/session.api.ts";
import type { Announcer } from "../../src-main/core/common/topics.ts";

/** Remembers what was announced. */
export class RecordingAnnouncer implements Announcer {
  readonly topics: Topic[] = [];
  readonly notices: Notice[] = [];

  changed(topic: Topic): void {
    this.topics.push(topic);
  }

  notice(notice: Notice): void {
    this.notices.push(notice);
  }
}
