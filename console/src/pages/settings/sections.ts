import { session } from "../../state/session.svelte";
import { t } from "../../text/en";

export interface Section {
  path: string;
  icon: string;
  title: string;
  text: string;
  isSeen: () => boolean;
}

/** What there is to set, each for those whose role sees it. */
export const settings: readonly Section[] = [
  {
    path: "/settings/account",
    icon: "user",
    title: t.account.title,
    text: t.account.intro,
    isSeen: () => true,
  },
  {
    path: "/settings/users",
    icon: "users",
    title: t.users.title,
    text: t.users.intro,
    isSeen: () => session.may("view/user"),
  },
  {
    path: "/settings/hubs",
    icon: "map-pin",
    title: t.hubs.title,
    text: t.hubs.intro,
    isSeen: () => session.may("view/hub"),
  },
];
